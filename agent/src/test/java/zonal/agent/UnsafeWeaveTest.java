package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeModel;
import java.lang.classfile.MethodModel;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class UnsafeWeaveTest {
    private static final Set<String> WOVEN = Set.of("allocateMemory(J)J", "reallocateMemory(JJ)J", "freeMemory(J)V");

    @Test
    void threeMethodsChangeAndNoOther() throws Exception {
        assertChanges(WOVEN, UnsafeWeave.weave(stockUnsafe()));
    }

    @Test
    void inTheLeavingFormAllocateMemoryIsAsItWas() throws Exception {
        assertChanges(Set.of("reallocateMemory(JJ)J", "freeMemory(J)V"), UnsafeWeave.weaveLeaving(stockUnsafe()));
    }

    private static void assertChanges(Set<String> changes, byte[] woven) throws IOException {
        ClassModel before = ClassFile.of().parse(stockUnsafe());
        ClassModel after = ClassFile.of().parse(woven);
        assertEquals(before.methods().size(), after.methods().size());
        int changed = 0;
        for (int i = 0; i < before.methods().size(); i++) {
            MethodModel method = before.methods().get(i);
            if (changes.contains(signature(method))) {
                changed++;
                assertNotEquals(
                        instructions(method), instructions(after.methods().get(i)));
            } else {
                assertEquals(instructions(method), instructions(after.methods().get(i)));
            }
        }
        assertEquals(changes.size(), changed);
        assertTrue(ClassFile.of().verify(after).isEmpty());
    }

    @Test
    void aClassWithoutTheMethodsIsRefused() throws Exception {
        UnexpectedClassException refusal =
                assertThrows(UnexpectedClassException.class, () -> UnsafeWeave.weave(classFile("java/lang/Object")));
        assertEquals("java.lang.Object of this JDK is not known: 0 of 3 methods found", refusal.getMessage());
    }

    @Test
    void methodsThatAreNativeOrStaticAreRefused() {
        byte[] strange = ClassFile.of()
                .build(
                        ClassDesc.of("jdk.internal.misc.Unsafe"),
                        builder -> builder.withMethod(
                                        "allocateMemory",
                                        MethodTypeDesc.ofDescriptor("(J)J"),
                                        ClassFile.ACC_PUBLIC | ClassFile.ACC_NATIVE,
                                        method -> {})
                                .withMethodBody(
                                        "freeMemory",
                                        MethodTypeDesc.ofDescriptor("(J)V"),
                                        ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC,
                                        code -> code.return_()));
        UnexpectedClassException refusal =
                assertThrows(UnexpectedClassException.class, () -> UnsafeWeave.weave(strange));
        assertTrue(String.valueOf(refusal.getMessage()).contains("0 of 3"), refusal.getMessage());
    }

    @Test
    void onceWovenAFailureOfALaterWeaveKeepsTheHook() throws Exception {
        JdkTransformer transformer = new JdkTransformer();
        Module base = Object.class.getModule();
        byte[] first = transformer.transform(base, null, UnsafeWeave.TARGET, null, null, stockUnsafe());
        transformer.throwFailure();
        byte[] second = transformer.transform(base, null, UnsafeWeave.TARGET, null, null, new byte[] {1, 2, 3});
        assertArrayEquals(first, second);
        assertThrows(UnexpectedClassException.class, transformer::throwFailure);
    }

    @Test
    void aFailureIsForgottenWhenTheOtherFormIsAskedFor() throws Exception {
        JdkTransformer transformer = new JdkTransformer();
        Module base = Object.class.getModule();
        transformer.transform(base, null, UnsafeWeave.TARGET, null, null, stockUnsafe());
        transformer.serve(false);
        transformer.transform(base, null, UnsafeWeave.TARGET, null, null, new byte[] {1, 2, 3});
        assertThrows(UnexpectedClassException.class, transformer::throwFailure);
        transformer.serve(false);
        transformer.transform(base, null, UnsafeWeave.TARGET, null, null, stockUnsafe());
        transformer.throwFailure();
    }

    @Test
    void whereUnsafeWasNeverWovenWhatZeroesStaysAsItIs() throws Exception {
        JdkTransformer transformer = new JdkTransformer();
        Module base = Object.class.getModule();
        for (String zeroing : List.of(ZeroingWeave.BITS, ZeroingWeave.SEGMENTS)) {
            assertNotNull(transformer.transform(base, null, zeroing, null, null, classFile(zeroing)));
        }
        assertNull(transformer.transform(base, null, UnsafeWeave.TARGET, null, null, classFile("java/lang/Object")));
        for (String zeroing : List.of(ZeroingWeave.BITS, ZeroingWeave.SEGMENTS)) {
            assertNull(transformer.transform(base, null, zeroing, null, null, classFile(zeroing)));
        }
    }

    @Test
    void onceLeavingItStaysSoWhenAnotherAgentRetransforms() throws Exception {
        JdkTransformer transformer = new JdkTransformer();
        Module base = Object.class.getModule();
        transformer.serve(false);
        for (int i = 0; i < 2; i++) {
            assertArrayEquals(
                    UnsafeWeave.weaveLeaving(stockUnsafe()),
                    transformer.transform(base, null, UnsafeWeave.TARGET, null, null, stockUnsafe()));
        }
        transformer.serve(true);
        assertArrayEquals(
                UnsafeWeave.weave(stockUnsafe()),
                transformer.transform(base, null, UnsafeWeave.TARGET, null, null, stockUnsafe()));
    }

    @Test
    void otherClassesAreLeftAlone() throws Exception {
        JdkTransformer transformer = new JdkTransformer();
        ClassLoader application = UnsafeWeaveTest.class.getClassLoader();
        Module module = UnsafeWeaveTest.class.getModule();
        assertNull(transformer.transform(module, application, UnsafeWeave.TARGET, null, null, stockUnsafe()));
        assertNull(transformer.transform(module, null, "java/lang/Object", null, null, classFile("java/lang/Object")));
        assertNull(transformer.transform(module, null, null, null, null, classFile("java/lang/Object"))); // hidden
    }

    static byte[] stockUnsafe() throws IOException {
        return classFile("jdk/internal/misc/Unsafe");
    }

    private static byte[] classFile(String name) throws IOException {
        try (InputStream stream = Object.class.getResourceAsStream("/" + name + ".class")) {
            if (stream == null) {
                throw new IOException("no " + name);
            }
            return stream.readAllBytes();
        }
    }

    private static String signature(MethodModel method) {
        return method.methodName().stringValue() + method.methodType().stringValue();
    }

    private static List<String> instructions(MethodModel method) {
        return method.code().stream()
                .flatMap(CodeModel::elementStream)
                .map(element -> element.toString().replaceAll("id=[0-9]+", ""))
                .toList();
    }
}
