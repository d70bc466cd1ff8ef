package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

class DumpCommandTest {
    @Test
    void theFileFollowsTheFirstColon() {
        assertEquals(new DumpCommand(DumpCommand.Kind.SHOW_ALLOC_MEM, null), DumpCommand.parse("show_alloc_mem"));
        assertEquals(new DumpCommand(DumpCommand.Kind.SHOW_ALLOC_MEM_EX, null), DumpCommand.parse("show_alloc_mem_ex"));
        assertEquals(
                new DumpCommand(DumpCommand.Kind.SHOW_ALLOC_MEM, "/tmp/a:b.txt"),
                DumpCommand.parse("show_alloc_mem:/tmp/a:b.txt"));
        assertEquals(
                new DumpCommand(DumpCommand.Kind.SHOW_ALLOC_MEM_EX, "x=1.txt"),
                DumpCommand.parse("show_alloc_mem_ex:x=1.txt"));
        assertEquals(new DumpCommand(DumpCommand.Kind.REPORT, "r.html"), DumpCommand.parse("report:r.html"));
        assertEquals(new DumpCommand(DumpCommand.Kind.PPROF, null), DumpCommand.parse("pprof"));
        assertEquals(new DumpCommand(DumpCommand.Kind.COLLAPSED, "c"), DumpCommand.parse("collapsed:c"));
    }

    @Test
    void whatIsNoCommandIsNone() {
        for (String text :
                new String[] {"", "show", "show_alloc_mem:", "show_alloc_mem_ex: ", "tiny=64", ":file", "REPORT"}) {
            assertNull(DumpCommand.parse(text), text);
        }
    }
}
