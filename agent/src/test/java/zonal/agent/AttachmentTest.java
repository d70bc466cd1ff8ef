package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.instrument.Instrumentation;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;

class AttachmentTest {

    /** Else the next agent that has {@code Unsafe} transformed would have it leave unasked. */
    @Test
    void whereTheJvmRefusesTheOtherFormItGoesOnInTheFormThereIs() throws Exception {
        JdkTransformer transformer = new JdkTransformer();
        Attachment.installed(refusing(), transformer);
        IllegalStateException refusal = assertThrows(IllegalStateException.class, Attachment::detach);
        assertTrue(String.valueOf(refusal.getMessage()).startsWith("still attached, "), refusal.getMessage());
        assertTrue(Attachment.isAttached());
        assertArrayEquals(
                UnsafeWeave.weave(UnsafeWeaveTest.stockUnsafe()),
                transformer.transform(
                        Object.class.getModule(), null, UnsafeWeave.TARGET, null, null, UnsafeWeaveTest.stockUnsafe()));
    }

    /** The JVM keeps silent about it, and keeps the class it has. */
    @Test
    void whereTheOtherFormCannotBeWovenItGoesOnInTheFormThereIs() {
        JdkTransformer transformer = new JdkTransformer();
        byte[] damaged = {1, 2, 3};
        Attachment.installed(
                retransforming(() ->
                        transformer.transform(Object.class.getModule(), null, UnsafeWeave.TARGET, null, null, damaged)),
                transformer);
        IllegalStateException refusal = assertThrows(IllegalStateException.class, Attachment::detach);
        assertTrue(
                String.valueOf(refusal.getMessage()).startsWith("still attached, weaving failed: "),
                refusal.getMessage());
        assertTrue(Attachment.isAttached());
    }

    private static Instrumentation refusing() {
        return retransforming(() -> {
            throw new InternalError("class redefinition failed");
        });
    }

    private static Instrumentation retransforming(Runnable retransformation) {
        return (Instrumentation) Proxy.newProxyInstance(
                AttachmentTest.class.getClassLoader(),
                new Class<?>[] {Instrumentation.class},
                (proxy, method, arguments) -> {
                    retransformation.run();
                    return null;
                });
    }
}
