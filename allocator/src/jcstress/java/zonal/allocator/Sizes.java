package zonal.allocator;

import java.util.concurrent.ThreadLocalRandom;

/** Requests of which each goes another way: a fine block's, a coarse block's and a run's. */
final class Sizes {

    static final int FINE = 40;
    static final int COARSE = 5_000;
    static final int RUN = 40_000;

    private static final int[] ALL = {FINE, COARSE, RUN};

    private Sizes() {}

    static int any() {
        return ALL[ThreadLocalRandom.current().nextInt(ALL.length)];
    }
}
