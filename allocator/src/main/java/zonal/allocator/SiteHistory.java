package zonal.allocator;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import zonal.allocator.SiteSums.Sum;

/**
 * What was live at each call site at earlier moments, so that those can be found that only grow.
 *
 * <p>A moment is kept every ten seconds. The longer ago they are, the further apart are those that stay: a sixteenth of their age, so
 * that a month takes some two hundred.
 *
 * <p>Thread-safe, by its monitor: the {@link Housekeeper} writes, readers read.
 */
final class SiteHistory {

    static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final int AGE_TO_DISTANCE = 16;

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

    private record Moment(long at, Map<List<StackTraceElement>, Live> sites) {
        static Moment of(SiteSums sums) {
            Map<List<StackTraceElement>, Live> sites = new HashMap<>();
            for (Map.Entry<List<StackTraceElement>, Sum> entry : sums.byFrames().entrySet()) {
                if (entry.getValue().samples > 0) {
                    sites.put(entry.getKey(), Live.of(entry.getValue()));
                }
            }
            return new Moment(sums.at, sites);
        }

        Live at(List<StackTraceElement> frames) {
            return sites.getOrDefault(frames, Live.NOTHING);
        }
    }

    /** The earliest one first. */
    private final List<Moment> moments = new ArrayList<>();

    /** Keeps the present moment, if it is time for one. */
    synchronized void note(SiteTable sites, SampleTable samples) {
        if (moments.isEmpty() || System.nanoTime() - moments.getLast().at >= INTERVAL_NANOS) {
            note(SiteSums.of(sites, samples, System.nanoTime()));
        }
    }

    /** Keeps a moment, later than all others. */
    synchronized void note(SiteSums sums) {
        moments.add(Moment.of(sums));
        for (int i = moments.size() - 2; i > 0; i--) {
            long age = sums.at - moments.get(i).at;
            if (moments.get(i + 1).at - moments.get(i - 1).at < age / AGE_TO_DISTANCE) {
                moments.remove(i);
            }
        }
    }

    /** As {@link Sampler#leakSuspects}. */
    synchronized List<LeakSuspect> suspects(SiteTable sites, SampleTable samples, long seconds) {
        return suspects(SiteSums.of(sites, samples, System.nanoTime()), seconds);
    }

    synchronized List<LeakSuspect> suspects(SiteSums present, long seconds) {
        List<Moment> window = window(Moment.of(present), seconds);
        Moment first = window.getFirst();
        Moment last = window.getLast();
        List<LeakSuspect> suspects = new ArrayList<>();
        last.sites.forEach((frames, now) -> {
            Live then = first.at(frames);
            if (now.isClearlyMoreThan(then) && onlyGrows(window, frames)) {
                suspects.add(new LeakSuspect(
                        frames,
                        Math.round(then.bytes),
                        Math.round(now.bytes),
                        then.samples,
                        now.samples,
                        window.size(),
                        TimeUnit.NANOSECONDS.toSeconds(last.at - first.at)));
            }
        });
        suspects.sort(Comparator.comparingLong(LeakSuspect::growth).reversed());
        return suspects;
    }

    private List<Moment> window(Moment present, long seconds) {
        int first = moments.size() - 1;
        while (first > 0 && TimeUnit.NANOSECONDS.toSeconds(present.at - moments.get(first).at) < seconds) {
            first--;
        }
        List<Moment> window = new ArrayList<>(moments.subList(Math.max(0, first), moments.size()));
        window.add(present);
        return window;
    }

    private static boolean onlyGrows(List<Moment> window, List<StackTraceElement> frames) {
        Live highest = Live.NOTHING;
        for (Moment moment : window) {
            Live live = moment.at(frames);
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
