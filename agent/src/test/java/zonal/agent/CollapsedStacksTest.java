package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import zonal.allocator.LiveSite;

class CollapsedStacksTest {
    @Test
    void aSiteIsALineFromTheOutermostFrameToTheInnermostAndItsBytes() throws Exception {
        StackTraceElement inner = new StackTraceElement("com.example.Store", "put", "Store.java", 42);
        StackTraceElement outer = new StackTraceElement("com.example.A;B", "ma in", "A.java", 7);
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        CollapsedStacks.write(
                List.of(
                        new LiveSite(List.of(inner, outer), 1_234_567, 3, 2, 0, 0, 0),
                        new LiveSite(List.of(), 10, 1, 1, 0, 0, 0)),
                stream);
        assertEquals("""
                com.example.A:B.ma in(A.java:7);com.example.Store.put(Store.java:42) 1234567
                [other call sites] 10
                """, stream.toString(StandardCharsets.UTF_8));
    }

    @Test
    void noNameEndsALineOrCommandsATerminal() throws Exception {
        StackTraceElement frame = new StackTraceElement("A", "a\r\nb", "\033[2J\u009b2J\u0000.java", 7);
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        CollapsedStacks.write(List.of(new LiveSite(List.of(frame), 10, 1, 1, 0, 0, 0)), stream);
        assertEquals("A.a  b( [2J 2J .java:7) 10\n", stream.toString(StandardCharsets.UTF_8));
    }
}
