package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import zonal.allocator.LiveSite;

class ReportTest {
    private static LiveSite site(String name, long bytes) {
        return new LiveSite(
                List.of(new StackTraceElement("A", name, "A.java", 1)), bytes, bytes / 10, 1, bytes, bytes / 10, bytes);
    }

    @Test
    void ofMoreSitesThanItShowsNoBytesAreLeftOut() {
        List<LiveSite> sites = List.of(site("a", 50), site("b", 40), site("c", 30), site("d", 20));
        assertEquals(sites, Report.atMost(4, sites));
        assertEquals(
                List.of(sites.get(0), sites.get(1), new LiveSite(List.of(), 50, 5, 2, 50, 5, 30)),
                Report.atMost(3, sites));
    }
}
