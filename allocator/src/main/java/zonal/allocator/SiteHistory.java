package zonal.allocator;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import zonal.allocator.Moments.Moment;
import zonal.allocator.SiteSums.Sum;

/**
 * What was live at each call site at earlier moments, one every ten seconds, so that those can be found that only grow.
 *
 * <p>Thread-safe, by its monitor: the {@link Housekeeper} writes, readers read.
 */
final class SiteHistory {

    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** One part in so many of a program's life is taken for its start, in which caches fill. */
    private static final int START_SHARE = 4;

    /** How many standard errors of the estimate are taken for chance. */
    private static final double CHANCE = 2;

    private record Live(double bytes, double variance, long samples) {
        static final Live NOTHING = new Live(0, 0, 0);

        static Live of(Sum sum) {
            return new Live(sum.bytes, sum.variance, sum.samples);
        }

        /** Whether this is more than {@code other}, and by more than chance explains. */
        boolean isClearlyMoreThan(Live other) {
            return bytes - other.bytes > CHANCE * Math.sqrt(variance + other.variance);
        }
    }

    /** What was live at one moment. */
    private record LiveSites(Map<List<StackTraceElement>, Live> sites) {
        static LiveSites of(SiteSums sums) {
            Map<List<StackTraceElement>, Live> sites = new HashMap<>();
            for (Map.Entry<List<StackTraceElement>, Sum> entry : sums.byFrames().entrySet()) {
                if (entry.getValue().samples > 0) {
                    sites.put(entry.getKey(), Live.of(entry.getValue()));
                }
            }
            return new LiveSites(sites);
        }

        Live at(List<StackTraceElement> frames) {
            return sites.getOrDefault(frames, Live.NOTHING);
        }
    }

    private final Moments<LiveSites> moments = new Moments<>();

    /** @param start {@link System#nanoTime} when nothing was live yet */
    SiteHistory(long start) {
        moments.add(start, new LiveSites(Map.of()));
    }

    /** Keeps the present moment, if it is time for one. */
    synchronized void note(SiteTable sites, SampleTable samples) {
        long now = System.nanoTime();
        if (now - moments.latest() >= INTERVAL_NANOS) {
            note(SiteSums.of(sites, samples, now));
        }
    }

    /** Keeps a moment, later than all others. */
    synchronized void note(SiteSums sums) {
        moments.add(sums.at, LiveSites.of(sums));
    }

    /** As {@link Sampler#leakSuspects()}, at the moment of {@code present}. */
    synchronized List<LeakSuspect> suspects(SiteSums present) {
        long age = present.at - moments.earliest();
        return suspectsSince(present, age - age / START_SHARE);
    }

    /** As {@link Sampler#leakSuspects(long)}, at the moment of {@code present}. */
    synchronized List<LeakSuspect> suspects(SiteSums present, long seconds) {
        return suspectsSince(present, TimeUnit.SECONDS.toNanos(seconds));
    }

    private List<LeakSuspect> suspectsSince(SiteSums present, long nanos) {
        List<Moment<LiveSites>> window = new ArrayList<>(moments.since(present.at, nanos));
        window.add(new Moment<>(present.at, LiveSites.of(present)));
        Moment<LiveSites> first = window.getFirst();
        Moment<LiveSites> last = window.getLast();
        List<LeakSuspect> suspects = new ArrayList<>();
        last.note().sites.forEach((frames, now) -> {
            Live then = first.note().at(frames);
            if (now.isClearlyMoreThan(then) && onlyGrows(window, frames)) {
                suspects.add(new LeakSuspect(
                        frames,
                        Math.round(then.bytes),
                        Math.round(now.bytes),
                        then.samples,
                        now.samples,
                        window.size(),
                        TimeUnit.NANOSECONDS.toSeconds(last.at() - first.at())));
            }
        });
        suspects.sort(Comparator.comparingLong(LeakSuspect::growth).reversed());
        return suspects;
    }

    private static boolean onlyGrows(List<Moment<LiveSites>> window, List<StackTraceElement> frames) {
        Live highest = Live.NOTHING;
        for (Moment<LiveSites> moment : window) {
            Live live = moment.note().at(frames);
            if (highest.isClearlyMoreThan(live)) {
                return false;
            }
            if (live.bytes > highest.bytes) {
                highest = live;
            }
        }
        return true;
    }
}
