package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import zonal.agent.apps.Exhauster;

class ExhaustionIT {
    @TempDir
    Path folder;

    @Test
    void aBlockThatCannotGrowInZonalMovesToStockWithItsContents() throws Exception {
        Jvm.Result result = new Jvm(folder).agent().app(Exhauster.class).run();
        assertEquals(0, result.exitCode(), result.err());
        assumeTrue(result.out().startsWith("full true"), "this machine's address range is too wide to fill");
        assertTrue(result.out().contains("contents 4711 4712\n"), result.out());
        assertTrue(result.out().contains("freed by the move 1\n"), result.out());
        assertTrue(result.out().contains("bad frees 0\n"), result.out());
        assertEquals("", ManagementIT.withoutUnsafeWarning(result.err()));
    }
}
