package zonal.allocator;

import jdk.internal.vm.annotation.ForceInline;

/**
 * Size classes: how far a request is rounded up before a block is taken for it.
 *
 * <p>Up to 1,024 bytes a class is a multiple of 16, so rounding loses 15 bytes at most: pages split off blocks of any length
 * and need no coarser classes. Above, there are 16 classes to a doubling (a request of n bytes loses less than n/16), enough for the
 * magazines to stay few. Class 0 is unused; classes 1 to 64 are <i>fine</i>, the others <i>coarse</i>.
 *
 * <p>A class belongs to one zone. Where a threshold above 1,024 bytes falls inside a class, the requests above it have a second class
 * of the same size, numbered behind all others.
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

    private static final int BEYOND_TINY = FINE_COUNT + 1 + 5 * STEPS;
    private static final int BEYOND_SMALL = BEYOND_TINY + 1;

    /** Classes are numbered below this. */
    static final int COUNT = BEYOND_SMALL + 1;

    private static final int TINY = Options.current().tiny();
    private static final int SMALL = Options.current().small();

    /** The classes that the thresholds fall inside; 0 where a threshold is a class's size. */
    private static final int SPLIT_BY_TINY = splitBy(TINY);

    private static final int SPLIT_BY_SMALL = splitBy(SMALL);

    private SizeClasses() {}

    /** The fine class of {@code bytes}, 1 to {@link #FINE_MAX}. */
    static int fine(int bytes) {
        return (bytes + 15) >>> 4;
    }

    /** Usable bytes of the fine class of {@code bytes}, 1 to {@link #FINE_MAX}. */
    @ForceInline
    static long fineSize(long bytes) {
        return (bytes + 15) & -16;
    }

    private static int splitBy(int threshold) {
        int sizeClass = threshold <= FINE_MAX ? fine(threshold) : stepped(threshold);
        return size(sizeClass) == threshold ? 0 : sizeClass;
    }

    /** The coarse class of {@code bytes}, {@link #FINE_MAX} + 1 to {@link #MAX}. */
    static int coarse(int bytes) {
        int sizeClass = stepped(bytes);
        if (sizeClass == SPLIT_BY_SMALL && bytes > SMALL) {
            return BEYOND_SMALL;
        }
        return sizeClass == SPLIT_BY_TINY && bytes > TINY ? BEYOND_TINY : sizeClass;
    }

    private static int stepped(int bytes) {
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

    /** Whether there is a coarse class of this number. */
    static boolean isCoarse(int sizeClass) {
        return sizeClass > FINE_COUNT && sizeClass < COUNT;
    }

    /** Bytes in a block of this class: its usable size. 0 if the class is not in use. */
    static int size(int sizeClass) {
        if (sizeClass <= FINE_COUNT) {
            return sizeClass << 4;
        }
        if (sizeClass >= BEYOND_TINY) {
            return size(sizeClass == BEYOND_TINY ? SPLIT_BY_TINY : SPLIT_BY_SMALL);
        }
        int coarse = sizeClass - FINE_COUNT - 1;
        int log = FINE_MAX_LOG + (coarse >>> STEPS_SHIFT);
        return (STEPS + (coarse & (STEPS - 1)) + 1) << (log - STEPS_SHIFT);
    }

    /** The zone that the requests of this class belong to. */
    static Zone zone(int sizeClass) {
        if (sizeClass == BEYOND_SMALL) {
            return Zone.LARGE;
        }
        if (sizeClass == BEYOND_TINY) {
            return Zone.SMALL;
        }
        return Zone.of(sizeClass == SPLIT_BY_TINY ? TINY : sizeClass == SPLIT_BY_SMALL ? SMALL : size(sizeClass));
    }
}
