package zonal.allocator;

import java.util.List;
import jdk.internal.vm.annotation.DontInline;
import org.jspecify.annotations.Nullable;

/**
 * Who took it: a byte-weighted Poisson sample of the allocations (see {@link Poisson} for the arithmetic), each kept with stack, thread and
 * time until its block is freed.
 *
 * <pre>
 *   the way in    nextInterval -> a thread cache counts requested bytes down -> sampled: CallStack -> SiteTable, SampleTable
 *   the way out   a free or resize of a block that is marked as sampled -> freed, resized
 *   to look at    {@link #liveSites}, {@link #sites}, {@link #leakSuspects}, {@link #at}
 * </pre>
 *
 * <p>{@link #sampled} runs in the thread that allocates, when the block is taken and no lock of the allocator is held. It uses the Java
 * heap: a sample, the JVM's form of a stack, and the first time also a site. Whatever goes wrong there, stack or heap exhausted, loses the
 * sample and never the block. A thread that is inside the sampler is not sampled.
 *
 * <p>Thread-safe. The mean is the option {@code sample}; at 0 there are no samples.
 */
public final class Sampler {

    /** Mean distance of two marks, bytes; 0 where sampling is off. */
    private static final double MEAN = Options.current().sample();

    static final boolean ON = MEAN > 0;

    /** Steps in which the mean distance grows, while more is sampled than anybody can use; see {@link #keepHouse}. */
    private static final int STEP_SHIFT = 4;

    /** The coarsest step: it is written in two bits. */
    static final int COARSEST = 3;

    private static final int MOST_SAMPLES_A_SECOND = 4_000;

    /** The step of new intervals. */
    private static int step;

    /** Samples taken since the housekeeper looked last: a hint, threads may overwrite each other's. */
    private static int samplesSince;

    private static long lookedAt = System.nanoTime();

    private static final Poisson RANDOM = new Poisson(System.nanoTime());
    private static final SiteTable SITES = new SiteTable();
    private static final SampleTable SAMPLES = new SampleTable(Math.max(1, MEAN), RANDOM);
    private static final Inside INSIDE = new Inside();
    private static final SiteHistory HISTORY = new SiteHistory(System.nanoTime());

    private Sampler() {}

    // ---- on the way of an allocation

    /**
     * Requested bytes up to the next sample, at least 1: the block with which that many have been requested is to be sampled, and then the
     * next interval begins behind it. More than anybody ever requests where sampling is off.
     */
    static long nextInterval(int step) {
        return ON ? RANDOM.nextInterval(mean(step)) : Poisson.FOREVER;
    }

    /** The step, 0 to {@link #COARSEST}, that an interval that begins now is drawn with. It belongs to the sample at its end. */
    static int step() {
        return step;
    }

    private static double mean(int step) {
        return MEAN * (1 << (step * STEP_SHIFT));
    }

    /**
     * The block, of {@code bytes} as requested, was taken by the calling thread, or resized where it is, and is to be sampled, at the end
     * of an interval of {@code step}. Never throws.
     */
    @DontInline
    static void sampled(long block, long bytes, int step, boolean taken) {
        try {
            if (++samplesSince > MOST_SAMPLES_A_SECOND) {
                adjustStep();
            }
            sample(SITES, SAMPLES, block, bytes, mean(step), taken);
        } catch (Throwable e) {
            // This sample is lost, or the observer's share of it: no stack or no heap was left. The block is what
            // counts.
        }
    }

    private static void sample(
            SiteTable sites, SampleTable samples, long block, long bytes, double mean, boolean taken) {
        Thread thread = Thread.currentThread();
        StackProbe.near(); // who has entered must have the stack to leave again
        if (INSIDE.enter(thread.threadId())) {
            try {
                note(sites, samples, thread, block, bytes, mean, taken);
            } finally {
                INSIDE.leave(thread.threadId());
            }
        }
    }

    /**
     * The bytes that count for the interval to the next sample, of a request of {@code bytes}: those of its size class, because each
     * magazine counts its own takes down; of a run, those requested.
     */
    static long exposed(long bytes) {
        return bytes <= Malloc.PAGED_MAX ? SizeClasses.size(SizeClasses.of((int) bytes)) : bytes;
    }

    private static void note(
            SiteTable sites, SampleTable samples, Thread thread, long block, long bytes, double mean, boolean taken) {
        double weight = taken ? 1 / Poisson.probability(exposed(bytes), mean) : 0;
        Site site = sites.note(CallStack.here(), weight, weight * bytes);
        boolean added = false;
        try {
            samples.add(new Sample(block, bytes, mean, site, thread, System.nanoTime()));
            added = true;
        } finally {
            if (!added) {
                site.live.decrementAndGet(); // no room on the Java heap: one live sample less than the site counted
            }
        }
        Observer observer = Allocator.observer();
        if (taken && observer != null && sites == SITES) {
            observer.sampled(block, bytes, Math.round(weight * bytes));
        }
    }

    /** The block, which was sampled, is being freed: nobody can have taken it anew yet. */
    @DontInline
    static void freed(long block) {
        SAMPLES.remove(block);
    }

    /** The block, which was sampled, has {@code bytes} now, as requested, at the same address. */
    static void resized(long block, long bytes) {
        SAMPLES.resize(block, bytes);
    }

    /**
     * The block, which was sampled, has {@code bytes} now, fewer than before, at the same address. False if none of the marks lies in what is
     * left of it: it is sampled no more, and what it grows by later counts as that of any other.
     */
    static boolean shrunk(long block, long bytes) {
        return SAMPLES.shrink(block, bytes);
    }

    /** Exercises all of the above on tables of its own, and forgets what the rest of the warm-up took. */
    static void warmUp() {
        if (ON) {
            SiteTable sites = new SiteTable();
            SampleTable samples = new SampleTable(MEAN, RANDOM);
            for (int i = 1; i <= 10; i++) {
                sample(sites, samples, i << 4, nextInterval(0), MEAN, true);
                samples.resize(i << 4, i);
            }
            sites.nameNew();
            for (int i = 1; i <= 10; i++) {
                samples.remove(i << 4);
            }
            sites.forgetIdle();
            SITES.forgetAll();
        }
    }

    /**
     * What the {@link Housekeeper} does for the sampler at each of its ticks.
     *
     * <p>A sample costs microseconds. Where gigabytes are requested every second, the mean distance is made 16 times as long, up to 4,096
     * times, until there are no more than a few thousand samples in a second, and shorter again when there are few: each interval and its
     * sample keep the distance that they were drawn with, so all estimates stay unbiased.
     */
    static void keepHouse() {
        if (ON) {
            adjustStep();
            SITES.nameNew();
            SITES.forgetIdle();
            HISTORY.note(SITES, SAMPLES);
        }
    }

    /** By the housekeeper, and at once where a second's samples are full already. Threads may overwrite each other's; none leaves the bounds. */
    private static void adjustStep() {
        long now = System.nanoTime();
        double perSecond = samplesSince * 1e9 / Math.max(1, now - lookedAt);
        samplesSince = 0;
        lookedAt = now;
        int current = step;
        if (perSecond > MOST_SAMPLES_A_SECOND) {
            step = Math.min(COARSEST, current + 1);
        } else if (perSecond < MOST_SAMPLES_A_SECOND >> (STEP_SHIFT + 1)) {
            step = Math.max(0, current - 1);
        }
    }

    // ---- to look at

    /**
     * The call sites with the most live bytes.
     *
     * @param most how many at most, 0 or more
     * @return the sites, most live bytes first; empty where sampling is off
     * @throws IllegalArgumentException if {@code most} is negative
     */
    public static List<LiveSite> liveSites(int most) {
        Allocator.start(); // before anything is refused, too: this class has read the options
        if (most < 0) {
            throw new IllegalArgumentException("liveSites(" + most + "): how many sites at most, 0 or more");
        }
        return sites().stream().filter(site -> site.samples() > 0).limit(most).toList();
    }

    /** All call sites that ever took a sampled block and are not forgotten, most live bytes first. */
    public static List<LiveSite> sites() {
        return sums().sites();
    }

    static SiteSums sums() {
        Allocator.start();
        return SiteSums.of(SITES, SAMPLES, System.nanoTime());
    }

    /**
     * The call sites whose live bytes have only grown: at no moment since then that was kept (at least every ten seconds at
     * first, more rarely the longer ago) they were fewer than at the one before, and now they are more than at the first.
     *
     * @param seconds how long ago to begin, 1 or more; what is longer ago than anything kept begins with the start
     * @return the sites, the one that has grown most first
     * @throws IllegalArgumentException if {@code seconds} is not positive
     */
    public static List<LeakSuspect> leakSuspects(long seconds) {
        Allocator.start();
        if (seconds <= 0) {
            throw new IllegalArgumentException(
                    "leakSuspects(" + seconds + "): how many seconds ago to begin, 1 or more");
        }
        return HISTORY.suspects(sums(), seconds);
    }

    /** As {@link #leakSuspects(long)}, since a quarter of the time had passed that there is now: what was built up at the start is not among them. */
    public static List<LeakSuspect> leakSuspects() {
        return HISTORY.suspects(sums());
    }

    /** What is known of the live block that starts at {@code address}; null if it was not sampled. */
    public static @Nullable SampledBlock at(long address) {
        Allocator.start();
        Sample sample = SAMPLES.find(address);
        return sample == null ? null : SampledBlock.of(sample);
    }

    /** As {@link #at(long)}, of a block that was seen with so many bytes before: null, too, if the one that is there now has others. */
    static @Nullable SampledBlock at(long address, long bytes) {
        SampledBlock sampled = at(address);
        return sampled == null || sampled.bytes() != bytes ? null : sampled;
    }
}
