package zonal.agent;

import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.jspecify.annotations.Nullable;

/**
 * Spares the JDK zeroing what is zero: the two methods that fill each new direct buffer and each new segment ask first whether the block is
 * fresh from the system.
 *
 * <pre>
 *   java.nio.Bits.setMemory(long address, long count, byte value)                          value is 0 for a new buffer
 *   jdk.internal.foreign.SegmentFactories.initNativeMemory(long address, long byteSize)
 *       if (UnsafeHook.isFresh(address)) return;
 *       ...stock body...
 * </pre>
 *
 * <p>So {@code allocateDirect(512 MiB)} touches nothing. Where the JDK has no such method, it zeroes as ever.
 */
final class ZeroingWeave extends ClassVisitor {
    static final String BITS = "java/nio/Bits";
    static final String SEGMENTS = "jdk/internal/foreign/SegmentFactories";

    private static final String HOOK = "zonal/agent/hook/UnsafeHook";

    /** Where {@code setMemory} has its value, behind two longs. */
    private static final int VALUE_SLOT = 4;

    private boolean found;

    private ZeroingWeave(ClassVisitor next) {
        super(Opcodes.ASM9, next);
    }

    /** Answers the class with the question in it, or null if it has no such method. */
    static byte @Nullable [] weave(byte[] classFile) {
        ClassReader reader = new ClassReader(classFile);
        ClassWriter writer = new ClassWriter(reader, 0);
        ZeroingWeave weave = new ZeroingWeave(writer);
        reader.accept(weave, 0);
        return weave.found ? writer.toByteArray() : null;
    }

    @Override
    public @Nullable MethodVisitor visitMethod(
            int access, String name, String descriptor, @Nullable String signature, String @Nullable [] exceptions) {
        MethodVisitor next = super.visitMethod(access, name, descriptor, signature, exceptions);
        boolean setMemory = name.equals("setMemory") && descriptor.equals("(JJB)V");
        boolean initNativeMemory = name.equals("initNativeMemory") && descriptor.equals("(JJ)V");
        if ((access & Opcodes.ACC_STATIC) == 0 || !(setMemory || initNativeMemory)) {
            return next;
        }
        found = true;
        return new MethodVisitor(Opcodes.ASM9, next) {
            @Override
            public void visitCode() {
                super.visitCode();
                Label stockBody = new Label();
                if (setMemory) {
                    visitVarInsn(Opcodes.ILOAD, VALUE_SLOT);
                    visitJumpInsn(Opcodes.IFNE, stockBody);
                }
                visitVarInsn(Opcodes.LLOAD, 0);
                visitMethodInsn(Opcodes.INVOKESTATIC, HOOK, "isFresh", "(J)Z", false);
                visitJumpInsn(Opcodes.IFEQ, stockBody);
                visitInsn(Opcodes.RETURN);
                visitLabel(stockBody);
                visitFrame(Opcodes.F_SAME, 0, null, 0, null);
                visitInsn(Opcodes.NOP); // the stock body may begin with a frame of its own
            }
        };
    }
}
