package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import zonal.agent.apps.FreshBuffers;

class ZeroingIT {
    private static final Pattern RESIDENT = Pattern.compile("resident MiB (\\d+)\n");

    /** Two buffers of 512 MiB; the rest is what the JVM itself may need meanwhile. */
    private static final int MOST_RESIDENT_MIB = 16;

    @TempDir
    Path folder;

    @Test
    void aHugeBufferIsNotResidentBeforeItIsWrittenAndEveryBufferReadsAsZero() throws Exception {
        assertNotResidentAndZero(new Jvm(folder).agent().app(FreshBuffers.class).run());
    }

    /** What zeroes was loaded, and perhaps compiled, before the agent came. */
    @Test
    void theSameWhereItComesLate() throws Exception {
        try (Jvm.Running running = new Jvm(folder)
                .option("-XX:+EnableDynamicAgentLoading")
                .app(FreshBuffers.class, FreshBuffers.LATER)
                .start()) {
            running.awaitLine("ready");
            running.load(Jvm.AGENT_JAR, "");
            running.proceed();
            assertNotResidentAndZero(running.join());
        }
    }

    private static void assertNotResidentAndZero(Jvm.Result result) {
        assertEquals(0, result.exitCode(), result.err());
        Matcher resident = RESIDENT.matcher(result.out());
        assertTrue(resident.find(), result.out());
        assertTrue(Integer.parseInt(resident.group(1)) <= MOST_RESIDENT_MIB, result.out());
        assertTrue(result.out().contains("\nzero true\n"), result.out());
        assertTrue(result.out().contains("used again, zero true\n"), result.out());
    }
}
