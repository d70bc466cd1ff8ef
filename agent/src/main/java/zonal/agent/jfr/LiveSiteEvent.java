package zonal.agent.jfr;

import java.util.stream.Collectors;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import jdk.jfr.internal.RemoveFields;
import zonal.allocator.LiveSite;
import zonal.allocator.PlainText;
import zonal.allocator.Sampler;

/** A call site that holds off-heap memory, at one moment. */
@Name("zonal.LiveSite")
@Label("Off-Heap Live Site")
@Description("A call site and what of the off-heap memory that it took is live, estimated from samples")
@Category("Zonal")
@Period("10 s")
@StackTrace(false)
@RemoveFields({"duration", "eventThread", "stackTrace"})
final class LiveSiteEvent extends Event {
    /** Sites for each time, and frames for each site: some kilobytes of a recording, each ten seconds. */
    private static final int MOST_SITES = 30;

    private static final int MOST_FRAMES = 8;

    @Label("Live")
    @Description("Bytes in use, as asked for")
    @DataAmount
    long liveBytes;

    @Label("Blocks")
    @Description("Blocks in use")
    long liveBlocks;

    @Label("Samples")
    @Description("What the estimates rest on: their standard error is one in the root of it")
    long samples;

    @Label("Taken")
    @Description("Bytes ever taken")
    @DataAmount
    long takenBytes;

    @Label("Oldest")
    @Description("Age of the oldest sampled block that is in use")
    @Timespan(Timespan.NANOSECONDS)
    long oldest;

    @Label("Call Site")
    @Description("Class, method and line of the innermost frames of the stack, caller first")
    String callSite = "";

    /** Commits a row for each of the sites that hold most, most first. */
    static void commitAll() {
        for (LiveSite site : Sampler.liveSites(MOST_SITES)) {
            LiveSiteEvent event = new LiveSiteEvent();
            event.liveBytes = site.liveBytes();
            event.liveBlocks = site.liveBlocks();
            event.samples = site.samples();
            event.takenBytes = site.takenBytes();
            event.oldest = site.oldestNanos();
            event.callSite = callSite(site);
            event.commit();
        }
    }

    /**
     * Short, for a table shows its first 70 characters: sites differ in their second or third frame, seldom in the first, and that has to be among
     * them. So no packages and no files, and whatever the names are, one line.
     */
    static String callSite(LiveSite site) {
        return site.frames().isEmpty()
                ? site.title()
                : site.frames().stream()
                        .limit(MOST_FRAMES)
                        .map(LiveSiteEvent::shortText)
                        .collect(Collectors.joining(" < "));
    }

    /** {@code Store.put:42}. */
    private static String shortText(StackTraceElement frame) {
        String name = frame.getClassName();
        String line = frame.getLineNumber() > 0 ? ":" + frame.getLineNumber() : "";
        return PlainText.of(name.substring(name.lastIndexOf('.') + 1) + "." + frame.getMethodName() + line);
    }
}
