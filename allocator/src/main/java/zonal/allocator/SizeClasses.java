package zonal.allocator;

/**
 * Size classes: how far a request is rounded up before a block is taken for it.
 *
 * <p>Up to 1,024 bytes a class is a multiple of 16, so rounding loses 15 bytes at most: pages split off blocks of any length
 * and need no coarser classes. Above, there are 16 classes to a doubling (a request of n bytes loses less than n/16), enough for the
 * magazines to stay few. Class 0 is unused; classes 1 to 64 are <i>fine</i>, 65 to 144 <i>coarse</i>.
 */
final class SizeClasses {

    /** Largest request of a fine class, bytes. */
    static final int FINE_MAX = 1024;

    /** Largest request that has a class, bytes; above it are runs. */
    static final int MAX = 32 << 10;

    static final int FINE_COUNT = FINE_MAX / 16;

    private static final int STEPS_SHIFT = 4;
    private static final int STEPS = 1 << STEPS_SHIFT;
    private static final int FINE_MAX_LOG = 10;

    /** Classes are numbered below this. */
    static final int COUNT = FINE_COUNT + 1 + 5 * STEPS;

    private SizeClasses() {}

    /** The fine class of {@code bytes}, 1 to {@link #FINE_MAX}. */
    static int fine(int bytes) {
        return (bytes + 15) >>> 4;
    }

    /** The coarse class of {@code bytes}, {@link #FINE_MAX} + 1 to {@link #MAX}. */
    static int coarse(int bytes) {
        int below = bytes - 1;
        int log = 31 - Integer.numberOfLeadingZeros(below);
        int step = (below >>> (log - STEPS_SHIFT)) & (STEPS - 1);
        return FINE_COUNT + 1 + ((log - FINE_MAX_LOG) << STEPS_SHIFT) + step;
    }

    /** The class of {@code bytes}, 1 to {@link #MAX}. */
    static int of(int bytes) {
        return bytes <= FINE_MAX ? fine(bytes) : coarse(bytes);
    }

    static boolean isFine(int sizeClass) {
        return sizeClass <= FINE_COUNT;
    }

    /** Bytes in a block of this class: its usable size. */
    static int size(int sizeClass) {
        if (sizeClass <= FINE_COUNT) {
            return sizeClass << 4;
        }
        int coarse = sizeClass - FINE_COUNT - 1;
        int log = FINE_MAX_LOG + (coarse >>> STEPS_SHIFT);
        return (STEPS + (coarse & (STEPS - 1)) + 1) << (log - STEPS_SHIFT);
    }
}
