package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import zonal.agent.apps.BadCalls;

class BadCallsIT {
    @TempDir
    Path folder;

    @Test
    void byDefaultTheyAreReportedWithTheirCallerAndDoNothing() throws Exception {
        Jvm.Result result = new Jvm(folder).agent().app(BadCalls.class).run();
        assertEquals(0, result.exitCode(), result.err());
        assertEquals("""
                free twice: nothing
                free inside: nothing
                free unaligned: nothing
                free far: nothing
                answer 0
                reallocate freed: nothing
                answer 0
                reallocate inside: nothing
                answer 0
                reallocate inside to 0: nothing
                kept 4711
                """, result.out());
        assertTrue(result.err().contains("zonal: bad free of 0x"), result.err());
        assertTrue(result.err().contains("zonal: bad realloc of 0x"), result.err());
        assertTrue(result.err().contains("BadCalls.main"), result.err());
    }

    @Test
    void withThrowTheCallerGetsAnException() throws Exception {
        Jvm.Result result =
                new Jvm(folder).agent("on-error=throw").app(BadCalls.class).run();
        assertEquals(0, result.exitCode(), result.err());
        assertEquals(
                7,
                result.out()
                        .lines()
                        .filter(line -> line.endsWith(": IllegalArgumentException"))
                        .count(),
                result.out());
        assertTrue(result.out().endsWith("kept 4711\n"), result.out());
        assertEquals("", ManagementIT.withoutUnsafeWarning(result.err()));
    }

    @Test
    void withAbortTheJvmEndsAtTheFirstOne() throws Exception {
        Jvm.Result result =
                new Jvm(folder).agent("on-error=abort").app(BadCalls.class).run();
        assertNotEquals(0, result.exitCode());
        assertFalse(result.out().contains("kept"), result.out());
        assertTrue(result.err().contains("BadCalls.main"), result.err());
    }
}
