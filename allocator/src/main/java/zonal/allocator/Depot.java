package zonal.allocator;

import jdk.internal.vm.annotation.ReservedStackAccess;

/**
 * Free blocks on their way from one magazine to another, without the heaps.
 *
 * <p>A flush leaves its batch here, and a refill takes one from here, as copies of a few addresses; only what doesn't fit, or isn't there,
 * goes through a heap, which is tens of times as slow. So a thread that allocates what another frees gets the same blocks back, and the heaps' locks
 * are seldom taken (after Bonwick and Adams, "Magazines and Vmem", 2001).
 *
 * <p>A class whose depot nobody used between two ticks of the housekeeper goes back to the heaps, so that its blocks can coalesce. With
 * {@code decay=0s} there are no depots.
 *
 * <p>Thread-safe. Each class has its lock, held while addresses are copied.
 */
final class Depot {

    private static final SpinLock[] LOCKS = new SpinLock[SizeClasses.COUNT];
    private static final int[] COUNTS = new int[SizeClasses.COUNT];

    /** Whether the depot was used since the housekeeper last looked. A hint. */
    private static final boolean[] USED = new boolean[SizeClasses.COUNT];

    private static final int[] SLOTS_OF_CLASS = new int[SizeClasses.COUNT + 1];

    /** Most blocks that go back to the heaps in one piece. */
    private static final int DRAIN_BATCH = 64;

    static {
        int offset = 0;
        for (int c = 0; c < SizeClasses.COUNT; c++) {
            LOCKS[c] = new SpinLock();
            SLOTS_OF_CLASS[c] = offset;
            offset += 8 * capacity(c);
        }
        SLOTS_OF_CLASS[SizeClasses.COUNT] = offset;
    }

    /** Bytes of metadata for all slots. */
    static final long BYTES = SLOTS_OF_CLASS[SizeClasses.COUNT];

    private Depot() {}

    private static int capacity(int sizeClass) {
        return Housekeeper.AT_ONCE ? 0 : 2 * Magazine.capacity(sizeClass);
    }

    private static long slot(int sizeClass, int index) {
        return Range.DEPOTS + SLOTS_OF_CLASS[sizeClass] + ((long) index << 3);
    }

    /** Blocks of a class that lie here. */
    static int count(int sizeClass) {
        return COUNTS[sizeClass];
    }

    /** The block at {@code index}, below {@link #count}. */
    static long block(int sizeClass, int index) {
        return Memory.getLong(slot(sizeClass, index));
    }

    /** Leaves {@code count} cached blocks, whose addresses are at {@code slots}; false if they don't fit. */
    @ReservedStackAccess
    static boolean put(int sizeClass, long slots, int count) {
        if (!LOCKS[sizeClass].tryLock()) {
            return false;
        }
        try {
            int before = COUNTS[sizeClass];
            if (before + count > capacity(sizeClass)) {
                return false;
            }
            Memory.copy(slots, slot(sizeClass, before), (long) count << 3);
            COUNTS[sizeClass] = before + count;
            USED[sizeClass] = true;
            return true;
        } finally {
            LOCKS[sizeClass].unlock();
        }
    }

    /** Takes up to {@code want} blocks, last left first, and writes their addresses to {@code slots}. Answers how many. */
    @ReservedStackAccess
    static int take(int sizeClass, long slots, int want) {
        if (COUNTS[sizeClass] == 0 || !LOCKS[sizeClass].tryLock()) {
            return 0;
        }
        try {
            int got = Math.min(want, COUNTS[sizeClass]);
            int left = COUNTS[sizeClass] - got;
            Memory.copy(slot(sizeClass, left), slots, (long) got << 3);
            COUNTS[sizeClass] = left;
            USED[sizeClass] = true;
            return got;
        } finally {
            LOCKS[sizeClass].unlock();
        }
    }

    /** Gives the blocks of classes that were not used since the last call back to the heaps. */
    static void drainUnused() {
        for (int c = 1; c < SizeClasses.COUNT; c++) {
            boolean used = USED[c];
            USED[c] = false;
            if (!used && COUNTS[c] > 0) {
                drain(c);
            }
        }
    }

    @ReservedStackAccess
    private static void drain(int sizeClass) {
        LOCKS[sizeClass].lock();
        try {
            while (COUNTS[sizeClass] > 0) {
                int batch = Math.min(DRAIN_BATCH, COUNTS[sizeClass]);
                int left = COUNTS[sizeClass] - batch;
                PageHeap.flush(sizeClass, slot(sizeClass, left), batch);
                COUNTS[sizeClass] = left;
            }
        } finally {
            LOCKS[sizeClass].unlock();
        }
    }
}
