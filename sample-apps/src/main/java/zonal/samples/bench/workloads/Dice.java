package zonal.samples.bench.workloads;

/** Random numbers for less than an allocation costs (xorshift64*, Marsaglia and Vigna); the same ones in every run. For one thread. */
final class Dice {
    private static final long SPREAD = 0x9E37_79B9_7F4A_7C15L;
    private static final long STAR = 0x2545_F491_4F6C_DD1DL;

    private long state;

    /** Different numbers for each {@code seed}. */
    Dice(long seed) {
        state = (seed + 1) * SPREAD;
    }

    /** 0 to {@code bound} - 1. */
    int below(int bound) {
        return (int) (((bits() >>> 32) * bound) >>> 32);
    }

    /** {@code least} to {@code most}. */
    int between(int least, int most) {
        return least + below(most - least + 1);
    }

    boolean percent(int chance) {
        return below(100) < chance;
    }

    /** 0 to {@code bound} - 1; four in five in the first fifth, and so on within that fifth, three deep: Pareto's 80/20, nested. */
    int skewedBelow(int bound) {
        int range = bound;
        for (int depth = 0; depth < 3 && percent(80); depth++) {
            range = Math.max(1, range / 5);
        }
        return below(range);
    }

    private long bits() {
        long x = state;
        x ^= x >>> 12;
        x ^= x << 25;
        x ^= x >>> 27;
        state = x;
        return x * STAR;
    }
}
