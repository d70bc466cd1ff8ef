package zonal.agent;

import java.util.EnumSet;
import java.util.Set;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.jspecify.annotations.Nullable;

/**
 * Puts a question to {@code zonal.agent.hook.UnsafeHook} before the body of three methods of
 * {@code jdk.internal.misc.Unsafe}:
 *
 * <pre>
 *   long allocateMemory(long bytes) {                   long reallocateMemory(long address, long bytes) {
 *       long a = UnsafeHook.allocate(bytes);                long a = UnsafeHook.reallocate(address, bytes);
 *       if (a != 0) return a;                               if (a &gt;= 0) return a;
 *       ...stock body...                                    ...stock body...
 *
 *   void freeMemory(long address) {
 *       if (UnsafeHook.free(address)) return;
 *       ...stock body...
 * </pre>
 *
 * <p>That is the <i>serving</i> form. In the <i>leaving</i> form {@code allocateMemory} is stock's again, {@code freeMemory} asks as
 * before, and {@code reallocateMemory} asks {@code reallocateAway}, which moves a block of Zonal's to stock. So whether requests are served costs
 * nothing: it is not asked, it is woven.
 *
 * <p>This is what Byte Buddy's {@code Advice} with {@code skipOn} makes of it, written with the class file reader and writer
 * inside Byte Buddy. <i>Measured</i> on a 2-core x86-64 machine, milliseconds that the weave adds to the start of a program that
 * does nothing else: {@code ByteBuddy().redefine} with {@code Advice} 430 to 690, the leanest form of {@code Advice} that was found
 * 290 to 380, this 40. Behind the allocator, which has loaded much of the same JDK already, 12 to 18 are left.
 */
final class UnsafeWeave extends ClassVisitor {
    static final String TARGET = "jdk/internal/misc/Unsafe";

    private static final String HOOK = "zonal/agent/hook/UnsafeHook";

    /** Two longs, a copy of the answer, and what it is compared with; no way needs more. */
    private static final int STACK_SLOTS = 6;

    /** The methods that take, give back and resize; what each asks, and which answers are final. */
    private enum Woven {
        ALLOCATE("allocateMemory", "(J)J", "allocate", "(J)J"),
        FREE("freeMemory", "(J)V", "free", "(J)Z"),
        REALLOCATE("reallocateMemory", "(JJ)J", "reallocate", "(JJ)J"),
        REALLOCATE_AWAY("reallocateMemory", "(JJ)J", "reallocateAway", "(JJ)J");

        final String name;
        final String descriptor;
        final String hookName;
        final String hookDescriptor;

        Woven(String name, String descriptor, String hookName, String hookDescriptor) {
            this.name = name;
            this.descriptor = descriptor;
            this.hookName = hookName;
            this.hookDescriptor = hookDescriptor;
        }

        boolean is(String otherName, String otherDescriptor) {
            return name.equals(otherName) && descriptor.equals(otherDescriptor);
        }
    }

    private static final Set<Woven> SERVING = EnumSet.of(Woven.ALLOCATE, Woven.FREE, Woven.REALLOCATE);
    private static final Set<Woven> LEAVING = EnumSet.of(Woven.FREE, Woven.REALLOCATE_AWAY);

    private final Set<Woven> form;
    private int found;

    private UnsafeWeave(ClassVisitor next, Set<Woven> form) {
        super(Opcodes.ASM9, next);
        this.form = form;
    }

    /**
     * Answers the class with the hook in it.
     *
     * @throws UnexpectedClassException if one of the three methods is not as this JDK is known to have it
     */
    static byte[] weave(byte[] classFile) throws UnexpectedClassException {
        return weave(classFile, SERVING);
    }

    /** As {@link #weave}, in the form that takes no new block, and frees and moves away those that live. */
    static byte[] weaveLeaving(byte[] classFile) throws UnexpectedClassException {
        return weave(classFile, LEAVING);
    }

    private static byte[] weave(byte[] classFile, Set<Woven> form) throws UnexpectedClassException {
        ClassReader reader = new ClassReader(classFile);
        // With the reader given, methods that nobody visits are copied as they are.
        ClassWriter writer = new ClassWriter(reader, 0);
        UnsafeWeave weave = new UnsafeWeave(writer, form);
        reader.accept(weave, 0);
        if (weave.found != form.size()) {
            throw new UnexpectedClassException("jdk.internal.misc.Unsafe of this JDK is not known: " + weave.found
                    + " of " + form.size() + " methods found");
        }
        return writer.toByteArray();
    }

    @Override
    public @Nullable MethodVisitor visitMethod(
            int access, String name, String descriptor, @Nullable String signature, String @Nullable [] exceptions) {
        MethodVisitor next = super.visitMethod(access, name, descriptor, signature, exceptions);
        Woven woven = woven(name, descriptor);
        boolean hasBodyAndReceiver = (access & (Opcodes.ACC_STATIC | Opcodes.ACC_NATIVE | Opcodes.ACC_ABSTRACT)) == 0;
        if (woven == null || !hasBodyAndReceiver) {
            return next;
        }
        found++;
        return new Question(next, woven);
    }

    private @Nullable Woven woven(String name, String descriptor) {
        for (Woven woven : form) {
            if (woven.is(name, descriptor)) {
                return woven;
            }
        }
        return null;
    }

    /** Writes the question before the first instruction of a method. */
    private static final class Question extends MethodVisitor {
        private final Woven woven;

        Question(MethodVisitor next, Woven woven) {
            super(Opcodes.ASM9, next);
            this.woven = woven;
        }

        @Override
        public void visitCode() {
            super.visitCode();
            Label stockBody = new Label();
            visitVarInsn(Opcodes.LLOAD, 1);
            if (woven == Woven.REALLOCATE || woven == Woven.REALLOCATE_AWAY) {
                visitVarInsn(Opcodes.LLOAD, 3);
            }
            visitMethodInsn(Opcodes.INVOKESTATIC, HOOK, woven.hookName, woven.hookDescriptor, false);
            if (woven == Woven.FREE) {
                visitJumpInsn(Opcodes.IFEQ, stockBody);
                visitInsn(Opcodes.RETURN);
                visitLabel(stockBody);
                visitFrame(Opcodes.F_SAME, 0, null, 0, null);
                // The stock body may begin with a frame of its own, and no place may have two.
                visitInsn(Opcodes.NOP);
            } else {
                visitInsn(Opcodes.DUP2);
                visitInsn(Opcodes.LCONST_0);
                visitInsn(Opcodes.LCMP);
                visitJumpInsn(woven == Woven.ALLOCATE ? Opcodes.IFEQ : Opcodes.IFLT, stockBody);
                visitInsn(Opcodes.LRETURN);
                visitLabel(stockBody);
                visitFrame(Opcodes.F_SAME1, 0, null, 1, new Object[] {Opcodes.LONG});
                visitInsn(Opcodes.POP2);
            }
        }

        @Override
        public void visitMaxs(int maxStack, int maxLocals) {
            super.visitMaxs(Math.max(maxStack, STACK_SLOTS), maxLocals);
        }
    }
}
