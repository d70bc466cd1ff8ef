package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

class DumpCommandTest {
    @Test
    void theFileFollowsTheFirstColon() {
        assertEquals(new DumpCommand(false, null), DumpCommand.parse("show_alloc_mem"));
        assertEquals(new DumpCommand(true, null), DumpCommand.parse("show_alloc_mem_ex"));
        assertEquals(new DumpCommand(false, "/tmp/a:b.txt"), DumpCommand.parse("show_alloc_mem:/tmp/a:b.txt"));
        assertEquals(new DumpCommand(true, "x=1.txt"), DumpCommand.parse("show_alloc_mem_ex:x=1.txt"));
    }

    @Test
    void whatIsNoCommandIsNone() {
        for (String text : new String[] {"", "show", "show_alloc_mem:", "show_alloc_mem_ex: ", "tiny=64", ":file"}) {
            assertNull(DumpCommand.parse(text), text);
        }
    }
}
