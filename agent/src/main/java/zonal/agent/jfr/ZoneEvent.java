package zonal.agent.jfr;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.StackTrace;
import jdk.jfr.internal.RemoveFields;
import zonal.allocator.Statistics;
import zonal.allocator.ZoneStatistics;

/** One zone at one moment. Which OS pages are in memory the system is asked, for a tenth of the time at most: where it takes long, rows repeat. */
@Name("zonal.Zone")
@Label("Off-Heap Zone")
@Description("How much off-heap memory a zone of the allocator holds")
@Category("Zonal")
@Period("5 s")
@StackTrace(false)
@RemoveFields({"duration", "eventThread", "stackTrace"})
final class ZoneEvent extends Event {
    @Label("Zone")
    @Description("TINY, SMALL or LARGE, by the size that was asked for")
    String zone = "";

    @Label("Pages")
    @Description("Pages in use; in LARGE, each run or mapping is one more")
    long pages;

    @Label("Live Blocks")
    @Description("Blocks in use")
    long liveBlocks;

    @Label("Live")
    @Description("Bytes in use, as asked for")
    @DataAmount
    long liveBytes;

    @Label("Free")
    @Description("Bytes of the zone's pages that hold no live block; for LARGE, of freed runs that are kept, too")
    @DataAmount
    long freeBytes;

    @Label("Resident")
    @Description("Bytes of its pages, runs and mappings that are in memory")
    @DataAmount
    long residentBytes;

    /** Commits a row for each zone. */
    static void commitAll() {
        for (ZoneStatistics zone : Statistics.recent().zones()) {
            ZoneEvent event = new ZoneEvent();
            event.zone = zone.name();
            event.pages = zone.pages();
            event.liveBlocks = zone.liveBlocks();
            event.liveBytes = zone.liveBytes();
            event.freeBytes = zone.freeBytes();
            event.residentBytes = zone.residentBytes();
            event.commit();
        }
    }
}
