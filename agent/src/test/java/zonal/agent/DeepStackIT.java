package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import zonal.agent.apps.DeepStack;

/** Where the application's stack ends inside a call of {@code Unsafe}, attached or detached, the call has done nothing, and no block is lost or damaged. */
class DeepStackIT {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"-Xint", "-XX:TieredStopAtLevel=1", "-XX:+TieredCompilation"})
    void aStackThatEndsInACallOfUnsafeHarmsNothing(String option) throws Exception {
        Jvm.Result result = new Jvm(folder)
                .agent()
                .option(option)
                .internalUnsafe()
                .app(DeepStack.class)
                .run();
        assertEquals(0, result.exitCode(), result.err());
        assertEquals("", result.err());
        assertEquals("0", Jvm.line(result.out(), "damaged "), result.out());
        assertEquals("0", Jvm.line(result.out(), "lost "), result.out());
        assertEquals("0", Jvm.line(result.out(), "bad frees "), result.out());
        assertTrue(Integer.parseInt(String.valueOf(Jvm.line(result.out(), "overflows "))) > 1_000, result.out());
    }
}
