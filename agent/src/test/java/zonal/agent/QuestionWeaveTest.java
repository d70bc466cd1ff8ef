package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeModel;
import java.lang.classfile.Instruction;
import java.lang.classfile.MethodModel;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import zonal.agent.Question.FinalAnswer;

class QuestionWeaveTest {
    private static final ClassFile FORMAT = ClassFile.of();

    /** More of them would only take longer: these have every kind of frame, switch and exception table. */
    private static final List<String> PACKAGES =
            List.of("java/util", "java/lang", "java/util/concurrent", "sun/nio/ch");

    /** Every method of thousands of classes is woven, with each kind of question that fits it, and the JDK's verifier looks at the outcome. */
    @Test
    void anyMethodThatAQuestionFitsStaysCorrectWithTheQuestionInFront() throws Exception {
        int woven = 0;
        for (Path file : classFiles()) {
            byte[] before = Files.readAllBytes(file);
            ClassModel stock = FORMAT.parse(before);
            List<Question> questions = new ArrayList<>();
            for (MethodModel method : stock.methods()) {
                Question question = questionFor(method);
                if (question != null && method.code().isPresent()) {
                    questions.add(question);
                }
            }
            if (questions.isEmpty() || !FORMAT.verify(stock).isEmpty()) {
                continue;
            }
            byte[] after = QuestionWeave.weave(before, questions.toArray(new Question[0]));
            ClassModel patched = FORMAT.parse(after);
            assertTrue(FORMAT.verify(patched).isEmpty(), () -> file + ": " + FORMAT.verify(patched));
            assertSameButForQuestions(stock, patched, questions);
            woven += questions.size();
        }
        assertTrue(woven > 3_000, woven + " methods");
    }

    private static List<Path> classFiles() throws IOException {
        List<Path> files = new ArrayList<>();
        for (String folder : PACKAGES) {
            try (Stream<Path> entries = Files.list(javaBase().resolve(folder))) {
                entries.filter(entry -> entry.toString().endsWith(".class")).forEach(files::add);
            }
        }
        return files;
    }

    private static Path javaBase() {
        return FileSystems.getFileSystem(URI.create("jrt:/")).getPath("modules/java.base");
    }

    /** Answers a question that a method of this type may be asked, or null. What it is about does not matter. */
    private static @Nullable Question questionFor(MethodModel method) {
        String name = method.methodName().stringValue();
        String descriptor = method.methodType().stringValue();
        boolean isStatic = (method.flags().flagsMask() & ClassFile.ACC_STATIC) != 0;
        String longs = descriptor.startsWith("(JJ") ? "JJ" : descriptor.startsWith("(J") ? "J" : "";
        FinalAnswer finalAnswer;
        String answer;
        int unless = Question.ALWAYS;
        if (name.equals("<init>") || name.equals("<clinit>")) {
            return null; // this is not initialised at the start of the first, and nobody asks the second
        } else if (descriptor.endsWith(")V")) {
            finalAnswer = FinalAnswer.TRUE;
            answer = "Z";
            if (isStatic && descriptor.startsWith("(I")) {
                unless = 0;
            }
        } else if (descriptor.endsWith(")J")) {
            finalAnswer = longs.isEmpty() ? FinalAnswer.NOT_ZERO : FinalAnswer.NOT_NEGATIVE;
            answer = "J";
        } else if (descriptor.endsWith(")Ljava/lang/String;")) {
            finalAnswer = FinalAnswer.NOT_NULL;
            answer = "Ljava/lang/Object;";
        } else {
            return null;
        }
        return new Question(
                name, descriptor, isStatic, "a/Hook", "ask", "(" + longs + ")" + answer, finalAnswer, unless);
    }

    private static void assertSameButForQuestions(ClassModel stock, ClassModel patched, List<Question> questions) {
        assertEquals(stock.fields().size(), patched.fields().size());
        assertEquals(stock.methods().size(), patched.methods().size());
        assertEquals(stock.attributes().size(), patched.attributes().size());
        for (int i = 0; i < stock.methods().size(); i++) {
            MethodModel before = stock.methods().get(i);
            MethodModel after = patched.methods().get(i);
            assertEquals(before.attributes().size(), after.attributes().size());
            boolean asked = questions.stream()
                    .anyMatch(question -> before.methodName().equalsString(question.method())
                            && before.methodType().equalsString(question.descriptor()));
            List<String> own = instructions(before);
            List<String> all = instructions(after);
            assertEquals(asked && before.code().isPresent(), all.size() > own.size());
            assertEquals(own, all.subList(all.size() - own.size(), all.size()));
            assertEquals(
                    before.code().map(code -> code.exceptionHandlers().size()),
                    after.code().map(code -> code.exceptionHandlers().size()));
        }
    }

    private static List<String> instructions(MethodModel method) {
        return method.code().stream()
                .flatMap(CodeModel::elementStream)
                .filter(Instruction.class::isInstance)
                .map(element -> element.toString().replaceAll("Label\\[[^]]*]|id=[0-9]+", ""))
                .toList();
    }
}
