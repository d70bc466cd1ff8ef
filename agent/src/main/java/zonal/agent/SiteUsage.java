package zonal.agent;

import java.util.List;
import java.util.concurrent.TimeUnit;
import zonal.allocator.LiveSite;

/**
 * A call site and its live memory, estimated from the sample, as an open type.
 *
 * @param frames the stack from the caller on, innermost first
 * @param liveBytes requested bytes of the live blocks that were taken there, estimated
 * @param liveBlocks live blocks, estimated
 * @param samples live blocks that were sampled, which the estimates rest on
 * @param takenBytes bytes ever taken there, estimated
 * @param takenBlocks blocks ever taken there, estimated
 * @param oldestSeconds age of the oldest live sample
 */
public record SiteUsage(
        List<String> frames,
        long liveBytes,
        long liveBlocks,
        long samples,
        long takenBytes,
        long takenBlocks,
        long oldestSeconds) {
    static SiteUsage of(LiveSite site, SharedTexts texts) {
        return new SiteUsage(
                texts.of(site.texts()),
                site.liveBytes(),
                site.liveBlocks(),
                site.samples(),
                site.takenBytes(),
                site.takenBlocks(),
                TimeUnit.NANOSECONDS.toSeconds(site.oldestNanos()));
    }
}
