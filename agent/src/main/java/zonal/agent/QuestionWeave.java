package zonal.agent;

import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.jspecify.annotations.Nullable;

/**
 * Puts {@linkplain Question questions} in front of methods of a class file, and leaves all else of it as it is.
 *
 * <p>This is what Byte Buddy's {@code Advice} with {@code skipOn} makes of it, written with the class file reader and writer
 * inside Byte Buddy, for each start pays for the classes that it loads. <i>Measured</i> on a 2-core x86-64 machine, milliseconds that the weave adds
 * to the start of a program that does nothing else: {@code ByteBuddy().redefine} with {@code Advice} 430 to 690, the leanest form
 * of {@code Advice} that was found 290 to 380, this 40.
 */
final class QuestionWeave extends ClassVisitor {
    /** Two longs, a copy of the answer, and what it is compared with; no question needs more. */
    private static final int STACK_SLOTS = 6;

    private final Question[] questions;
    private int found;

    private QuestionWeave(ClassVisitor next, Question[] questions) {
        super(Opcodes.ASM9, next);
        this.questions = questions;
    }

    /**
     * Answers the class file with each question in front of its method.
     *
     * @throws UnexpectedClassException if one of the methods is missing, has no body, or is static where it should not be or the other
     *     way round
     */
    static byte[] weave(byte[] classFile, Question... questions) throws UnexpectedClassException {
        ClassReader reader = new ClassReader(classFile);
        // With the reader given, methods that nobody visits are copied as they are.
        ClassWriter writer = new ClassWriter(reader, 0);
        QuestionWeave weave = new QuestionWeave(writer, questions);
        reader.accept(weave, 0);
        if (weave.found != questions.length) {
            throw new UnexpectedClassException(reader.getClassName().replace('/', '.') + " of this JDK is not known: "
                    + weave.found + " of " + questions.length + " methods found");
        }
        return writer.toByteArray();
    }

    @Override
    public @Nullable MethodVisitor visitMethod(
            int access, String name, String descriptor, @Nullable String signature, String @Nullable [] exceptions) {
        MethodVisitor next = super.visitMethod(access, name, descriptor, signature, exceptions);
        boolean isStatic = (access & Opcodes.ACC_STATIC) != 0;
        boolean hasBody = (access & (Opcodes.ACC_NATIVE | Opcodes.ACC_ABSTRACT)) == 0;
        for (Question question : questions) {
            if (hasBody && question.isOf(name, descriptor, isStatic)) {
                found++;
                return new Prologue(next, question);
            }
        }
        return next;
    }

    /** Asks before the first instruction of a method. */
    private static final class Prologue extends MethodVisitor {
        private final Question question;

        Prologue(MethodVisitor next, Question question) {
            super(Opcodes.ASM9, next);
            this.question = question;
        }

        @Override
        public void visitCode() {
            super.visitCode();
            Label stockBody = new Label();
            if (question.unlessSlot() != Question.ALWAYS) {
                visitVarInsn(Opcodes.ILOAD, question.unlessSlot());
                visitJumpInsn(Opcodes.IFNE, stockBody);
            }
            int firstSlot = question.isStatic() ? 0 : 1;
            for (int i = 0; i < question.arguments(); i++) {
                visitVarInsn(Opcodes.LLOAD, firstSlot + 2 * i);
            }
            visitMethodInsn(
                    Opcodes.INVOKESTATIC,
                    question.hookClass(),
                    question.hookMethod(),
                    question.hookDescriptor(),
                    false);
            switch (question.finalAnswer()) {
                case NOT_ZERO -> returnLongUnless(Opcodes.IFEQ, stockBody);
                case NOT_NEGATIVE -> returnLongUnless(Opcodes.IFLT, stockBody);
                case TRUE -> {
                    visitJumpInsn(Opcodes.IFEQ, stockBody);
                    visitInsn(Opcodes.RETURN);
                    visitLabel(stockBody);
                    visitFrame(Opcodes.F_SAME, 0, null, 0, null);
                    // The stock body may begin with a frame of its own, and no place may have two.
                    visitInsn(Opcodes.NOP);
                }
                case NOT_NULL -> {
                    visitInsn(Opcodes.DUP);
                    visitJumpInsn(Opcodes.IFNULL, stockBody);
                    visitTypeInsn(Opcodes.CHECKCAST, question.returnedClass());
                    visitInsn(Opcodes.ARETURN);
                    visitLabel(stockBody);
                    visitFrame(Opcodes.F_SAME1, 0, null, 1, new Object[] {"java/lang/Object"});
                    visitInsn(Opcodes.POP);
                }
            }
        }

        private void returnLongUnless(int jump, Label stockBody) {
            visitInsn(Opcodes.DUP2);
            visitInsn(Opcodes.LCONST_0);
            visitInsn(Opcodes.LCMP);
            visitJumpInsn(jump, stockBody);
            visitInsn(Opcodes.LRETURN);
            visitLabel(stockBody);
            visitFrame(Opcodes.F_SAME1, 0, null, 1, new Object[] {Opcodes.LONG});
            visitInsn(Opcodes.POP2);
        }

        @Override
        public void visitMaxs(int maxStack, int maxLocals) {
            super.visitMaxs(Math.max(maxStack, STACK_SLOTS), maxLocals);
        }
    }
}
