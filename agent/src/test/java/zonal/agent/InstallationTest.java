package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.instrument.Instrumentation;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InstallationTest {
    private final List<Object> registered = new ArrayList<>();
    private int retransformations;

    /** Else the next agent that has {@code Unsafe} transformed would have it woven, in a JVM where Zonal says that it is not installed. */
    @Test
    void whereTheJvmRefusesTheWovenFormsTheTransformerIsTakenBack() {
        Instrumentation refusing = (Instrumentation) Proxy.newProxyInstance(
                InstallationTest.class.getClassLoader(),
                new Class<?>[] {Instrumentation.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "addTransformer" -> {
                        registered.add(arguments[0]);
                        yield null;
                    }
                    case "removeTransformer" -> registered.remove(arguments[0]);
                    case "getInitiatedClasses" -> new Class<?>[] {Object.class};
                    default -> {
                        retransformations += registered.size();
                        throw new InternalError("class redefinition failed");
                    }
                });
        assertThrows(InternalError.class, () -> Installation.weave(refusing));
        assertEquals(1, retransformations, "it was never registered");
        assertEquals(List.of(), registered);
    }
}
