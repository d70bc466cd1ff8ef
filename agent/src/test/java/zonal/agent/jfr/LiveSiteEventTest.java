package zonal.agent.jfr;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import zonal.allocator.LiveSite;

class LiveSiteEventTest {
    private static final StackTraceElement LEAF = new StackTraceElement("com.example.Store", "put", "Store.java", 42);
    private static final StackTraceElement INNER =
            new StackTraceElement("app", "java.base", "25", "java.util.Map$Entry", "set", null, -2);
    private static final StackTraceElement UNNAMED = new StackTraceElement("Main", "main", "Main.java", 7);

    @Test
    void aCallSiteIsShortSoThatSeveralFramesAreSeen() {
        assertEquals(
                "Store.put:42 < Map$Entry.set < Main.main:7",
                LiveSiteEvent.callSite(site(List.of(LEAF, INNER, UNNAMED))));
        assertEquals("[other call sites]", LiveSiteEvent.callSite(site(List.of())));
        assertEquals(
                8, LiveSiteEvent.callSite(site(Collections.nCopies(20, LEAF))).split(" < ", -1).length);
    }

    @Test
    void noNameEndsALineOrCommandsATerminal() {
        StackTraceElement frame = new StackTraceElement("com.example.A\n", "\033[2Jb\u009b", "A.java", 7);
        assertEquals("A . [2Jb :7", LiveSiteEvent.callSite(site(List.of(frame))));
    }

    private static LiveSite site(List<StackTraceElement> frames) {
        return new LiveSite(frames, 1, 1, 1, 1, 1, 1);
    }
}
