package zonal.allocator;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The arithmetic of a byte-weighted Poisson sample.
 *
 * <p>Picture all bytes that are ever requested as a line, with marks on it that fall independently of each other, one in {@code mean} bytes
 * on average. A block that covers a mark is sampled, once, however many marks it covers. So a block of {@code s} bytes is sampled
 * with probability {@code p = 1 - exp(-s / mean)}, and each sample stands for {@code 1 / p} blocks and {@code s / p} bytes: the sum over
 * the samples is an unbiased estimate of the sum over all blocks (Horvitz and Thompson, 1952), of any set of them, live ones or those
 * of a call site.
 *
 * <p>The distance to the next mark has no memory: it may be drawn anew behind each sample, whatever was left of the block.
 *
 * <p>Thread-safe. Random numbers are those of SplitMix64 (Steele, Lea and Flood, 2014); all threads share one sequence.
 */
final class Poisson {

    private static final long GAMMA = 0x9E3779B97F4A7C15L;
    private static final double DOUBLE_UNIT = 0x1.0p-53;

    /** Longest interval, bytes: far more than a JVM ever requests, and safe to subtract from. */
    static final long FOREVER = Long.MAX_VALUE >> 2;

    private final AtomicLong state;

    Poisson(long seed) {
        state = new AtomicLong(seed);
    }

    /** Bytes up to and with the one that the next mark falls on, at least 1. */
    long nextInterval(double mean) {
        // The least n with which a block of n bytes is sampled: n >= -mean * ln(u), for u uniform in (0, 1].
        double distance = -mean * Math.log(1 - uniform());
        return Math.clamp((long) Math.ceil(distance), 1, FOREVER);
    }

    /** Uniform in [0, 1). */
    double uniform() {
        long z = state.getAndAdd(GAMMA);
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return ((z ^ z >>> 31) >>> 11) * DOUBLE_UNIT;
    }

    /** The probability that a block of {@code bytes} is sampled. */
    static double probability(long bytes, double mean) {
        return -Math.expm1(-bytes / mean);
    }
}
