package zonal.agent;

import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.jspecify.annotations.Nullable;

/**
 * Makes {@code ManagementFactory.getPlatformMBeanServer()} tell {@code zonal.agent.hook.PlatformServer} of the server before
 * it returns it. So Zonal's bean is there from the first moment, and the server is still made by who asks for it first:
 * making it at start costs 140 ms (<i>measured</i>) and breaks applications that set their own.
 *
 * <p>A {@code PlatformMBeanProvider} on the boot path would do the same, but needs a service file there, which classes that
 * are defined directly in the boot loader can't have.
 */
final class PlatformServerWeave extends ClassVisitor {
    static final String TARGET = "java/lang/management/ManagementFactory";

    private static final String METHOD = "getPlatformMBeanServer";
    private static final String DESCRIPTOR = "()Ljavax/management/MBeanServer;";
    private static final String HOOK = "zonal/agent/hook/PlatformServer";

    private boolean found;

    private PlatformServerWeave(ClassVisitor next) {
        super(Opcodes.ASM9, next);
    }

    /**
     * Answers the class with the hook in it.
     *
     * @throws UnexpectedClassException if it has no such method
     */
    static byte[] weave(byte[] classFile) throws UnexpectedClassException {
        ClassReader reader = new ClassReader(classFile);
        ClassWriter writer = new ClassWriter(reader, 0);
        PlatformServerWeave weave = new PlatformServerWeave(writer);
        reader.accept(weave, 0);
        if (!weave.found) {
            throw new UnexpectedClassException("ManagementFactory of this JDK is not known");
        }
        return writer.toByteArray();
    }

    @Override
    public @Nullable MethodVisitor visitMethod(
            int access, String name, String descriptor, @Nullable String signature, String @Nullable [] exceptions) {
        MethodVisitor next = super.visitMethod(access, name, descriptor, signature, exceptions);
        if (!name.equals(METHOD) || !descriptor.equals(DESCRIPTOR)) {
            return next;
        }
        found = true;
        return new MethodVisitor(Opcodes.ASM9, next) {
            @Override
            public void visitInsn(int opcode) {
                if (opcode == Opcodes.ARETURN) {
                    super.visitInsn(Opcodes.DUP);
                    visitMethodInsn(Opcodes.INVOKESTATIC, HOOK, "returned", "(Ljava/lang/Object;)V", false);
                }
                super.visitInsn(opcode);
            }

            @Override
            public void visitMaxs(int maxStack, int maxLocals) {
                super.visitMaxs(maxStack + 1, maxLocals);
            }
        };
    }
}
