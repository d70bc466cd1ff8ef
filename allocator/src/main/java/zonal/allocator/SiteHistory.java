package zonal.allocator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
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

    /** Most sites that are kept of a moment, those with the most live bytes: with all moments of a month 8 MB. */
    private static final int MOST_SITES = 1_000;

    private record Live(double bytes, double variance, long samples) {
        static Live of(Sum sum) {
            return new Live(sum.bytes, sum.variance, sum.samples);
        }

        /** Whether this is more than {@code other}, and by more than chance explains. */
        boolean isClearlyMoreThan(Live other) {
            return bytes - other.bytes > CHANCE * Math.sqrt(variance + other.variance);
        }
    }

    /**
     * What was live at one moment, by site. Sites are told by a hash of their frames: there may be hundreds of moments, and in each others that are
     * long forgotten elsewhere.
     */
    private static final class LiveSites {
        private final long[] hashes;
        private final double[] bytes;
        private final double[] variances;
        private final long[] samples;

        /** Most bytes of a site that is not among these. */
        private final double mostOfOthers;

        private record Hashed(long hash, Sum sum) {}

        private LiveSites(List<Hashed> kept, double mostOfOthers) {
            this.mostOfOthers = mostOfOthers;
            int count = kept.size();
            hashes = new long[count];
            bytes = new double[count];
            variances = new double[count];
            samples = new long[count];
            for (int i = 0; i < count; i++) {
                Sum sum = kept.get(i).sum;
                hashes[i] = kept.get(i).hash;
                bytes[i] = sum.bytes;
                variances[i] = sum.variance;
                samples[i] = sum.samples;
            }
        }

        /** The moment at which nothing was live yet. */
        static LiveSites none() {
            return new LiveSites(List.of(), 0);
        }

        static LiveSites of(SiteSums sums) {
            List<Hashed> sites = new ArrayList<>();
            sums.byFrames().forEach((frames, sum) -> {
                if (sum.samples > 0) {
                    sites.add(new Hashed(hash(frames), sum));
                }
            });
            sites.sort(Comparator.comparingDouble(site -> -site.sum.bytes));
            int count = Math.min(sites.size(), MOST_SITES);
            List<Hashed> kept = sites.subList(0, count);
            double mostOfOthers = count == sites.size() ? 0 : sites.get(count).sum.bytes;
            kept.sort(Comparator.comparingLong(Hashed::hash));
            return new LiveSites(kept, mostOfOthers);
        }

        private static long hash(List<StackTraceElement> frames) {
            long hash = 0;
            for (StackTraceElement frame : frames) {
                hash = (hash + frame.hashCode()) * 0x9E37_79B9_7F4A_7C15L;
                hash ^= hash >>> 32;
            }
            return hash;
        }

        /** What the site had, or the most that it may have had, if it isn't among these. */
        Live at(long hash) {
            int i = Arrays.binarySearch(hashes, hash);
            return i < 0 ? new Live(mostOfOthers, 0, 0) : new Live(bytes[i], variances[i], samples[i]);
        }

        /** Whether the site is among these. */
        boolean knows(long hash) {
            return Arrays.binarySearch(hashes, hash) >= 0;
        }
    }

    private final Moments<LiveSites> moments = new Moments<>();

    /** @param start {@link System#nanoTime} when nothing was live yet */
    SiteHistory(long start) {
        moments.add(start, LiveSites.none());
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
        List<Moment<LiveSites>> window = moments.since(present.at, nanos);
        Moment<LiveSites> first = window.getFirst();
        List<LeakSuspect> suspects = new ArrayList<>();
        present.byFrames().forEach((frames, sum) -> {
            long hash = LiveSites.hash(frames);
            Live then = first.note().at(hash);
            Live now = Live.of(sum);
            if (now.isClearlyMoreThan(then) && onlyGrows(window, hash, now)) {
                suspects.add(new LeakSuspect(
                        frames,
                        Math.round(then.bytes),
                        Math.round(now.bytes),
                        then.samples,
                        now.samples,
                        window.size() + 1,
                        TimeUnit.NANOSECONDS.toSeconds(present.at - first.at())));
            }
        });
        suspects.sort(Comparator.comparingLong(LeakSuspect::growth).reversed());
        return suspects;
    }

    private static boolean onlyGrows(List<Moment<LiveSites>> window, long hash, Live now) {
        Live highest = new Live(0, 0, 0);
        for (Moment<LiveSites> moment : window) {
            Live live = moment.note().at(hash);
            if (highest.isClearlyMoreThan(live)) {
                return false;
            }
            if (live.bytes > highest.bytes && moment.note().knows(hash)) {
                highest = live;
            }
        }
        return !highest.isClearlyMoreThan(now);
    }
}
