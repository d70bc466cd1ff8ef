package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import zonal.agent.apps.HostileCalls;

/** Wrong calls of {@code Unsafe} under the agent; the allocator's own calls are fuzzed by {@code FuzzTest}. Another run: {@code -Dzonal.test.seed=42}. */
class FuzzIT {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"decay=10s", "decay=0s,sample=4k,zero-on-free=on", "large=strict,sample=4k"})
    void wrongCallsAreCountedAndHarmNoBlock(String options) throws Exception {
        Jvm.Result result = new Jvm(folder)
                .agent(options)
                .internalUnsafe()
                .app(HostileCalls.class, Long.toString(Long.getLong("zonal.test.seed", System.nanoTime())))
                .run();
        String said = result.out() + result.err();
        assertEquals(0, result.exitCode(), said);
        for (String count : List.of("lost", "uncounted", "uncounted after duels", "damaged", "unexpected", "left")) {
            assertEquals("0", Jvm.line(result.out(), count + " "), said);
        }
    }
}
