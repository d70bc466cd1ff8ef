package zonal.allocator;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The samples of one moment, added up by call site. Sites whose frames are equal are one: two places in one line, or a class
 * that was loaded twice by loaders that equal frames do not tell apart.
 */
final class SiteSums {

    /** What is live at a site, and what was ever taken there, estimated. */
    static final class Sum {
        double bytes;
        double blocks;
        long samples;
        double takenBytes;
        double takenBlocks;
        long oldestAt = Long.MAX_VALUE;

        /** Variance of the estimate {@link #bytes}. */
        double variance;

        private void add(Sample sample) {
            // Racy reads: a block that is resized at this moment counts with its old size, its new one, or a mix of
            // both.
            double weight = sample.blocks();
            double weighted = weight * sample.bytes;
            blocks += weight;
            bytes += weighted;
            variance += weighted * weighted * (1 - 1 / weight);
            samples++;
            oldestAt = Math.min(oldestAt, sample.takenAt);
        }

        private void add(Sum other) {
            blocks += other.blocks;
            bytes += other.bytes;
            variance += other.variance;
            samples += other.samples;
            takenBlocks += other.takenBlocks;
            takenBytes += other.takenBytes;
            oldestAt = Math.min(oldestAt, other.oldestAt);
        }
    }

    /** {@link System#nanoTime} of the moment. */
    final long at;

    private final Map<List<StackTraceElement>, Sum> byFrames = new HashMap<>();

    private SiteSums(long at) {
        this.at = at;
    }

    /** Adds up what the tables hold at this moment, which is {@code at}. */
    static SiteSums of(SiteTable sites, SampleTable samples, long at) {
        Map<Site, Sum> bySite = new HashMap<>(); // a site is equal to itself alone
        for (Sample sample : samples.all()) {
            sum(bySite, sample.site).add(sample);
        }
        for (Site site : sites.all()) {
            Sum sum = sum(bySite, site);
            sum.takenBytes = site.takenBytes;
            sum.takenBlocks = site.takenBlocks;
        }
        SiteSums sums = new SiteSums(at);
        for (Map.Entry<Site, Sum> entry : bySite.entrySet()) {
            sum(sums.byFrames, entry.getKey().frames()).add(entry.getValue());
        }
        return sums;
    }

    private static <K> Sum sum(Map<K, Sum> sums, K key) {
        return sums.computeIfAbsent(key, _ -> new Sum());
    }

    Map<List<StackTraceElement>, Sum> byFrames() {
        return byFrames;
    }

    /** Most live bytes first. */
    List<LiveSite> sites() {
        List<LiveSite> sites = new ArrayList<>();
        byFrames.forEach((frames, sum) -> {
            if (sum.samples > 0 || sum.takenBlocks > 0) {
                sites.add(new LiveSite(
                        frames,
                        Math.round(sum.bytes),
                        Math.round(sum.blocks),
                        sum.samples,
                        Math.round(sum.takenBytes),
                        Math.round(sum.takenBlocks),
                        sum.samples == 0
                                ? 0
                                : Math.max(0, at - sum.oldestAt))); // a sample may be younger than this look
            }
        });
        sites.sort(Comparator.comparingLong(LiveSite::liveBytes).reversed());
        return sites;
    }
}
