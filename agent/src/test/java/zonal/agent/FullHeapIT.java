package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import zonal.agent.apps.FullHeap;

/** The Java heap is full, to the last object: off-heap memory is served as before, nothing is lost, and no thread of Zonal dies. */
class FullHeapIT {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"sample=32k,decay=100ms", "sample=32k,decay=0s,large=strict"})
    void offHeapMemoryIsServedWhileTheJavaHeapIsFullAndNothingIsLost(String options) throws Exception {
        Jvm.Result result = new Jvm(folder)
                .agent(options)
                .option("-Xmx12m", "-XX:+UseSerialGC")
                .internalUnsafe()
                .app(FullHeap.class)
                .run();
        assertEquals(0, result.exitCode(), result.out() + result.err());
        List<String> lines = result.out().lines().toList();
        assertEquals(
                List.of("damaged 0", "thrown null", "damaged 0", "thrown null", "looks that failed true"),
                lines.subList(0, 5),
                result.err());
        assertEquals("30", Jvm.line(result.out(), "bad frees "), result.out());
        assertEquals("0", Jvm.line(result.out(), "lost "), result.out());
        assertEquals("true", Jvm.line(result.out(), "housekeeper "), result.out());
        assertTrue(Integer.parseInt(String.valueOf(Jvm.line(result.out(), "listed "))) > 50, result.out());
        assertEquals("0", Jvm.line(result.out(), "left "), result.out());
        assertEquals("end", lines.getLast(), result.err());
        // The JVM itself speaks up where a class is loaded that it can't make a name for, to ask the agents.
        assertFalse(result.err().contains("Exception in thread"), result.err());
    }
}
