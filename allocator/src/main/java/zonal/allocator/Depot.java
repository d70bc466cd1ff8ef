package zonal.allocator;

import jdk.internal.vm.annotation.ReservedStackAccess;

/**
 * Free blocks on their way from one magazine to another, without the heaps. There is a depot for each stripe and class, for blocks of pages
 * that are at home in the stripe, and those few that a refill found in another's heap.
 *
 * <p>A flush leaves its batch here, and a refill takes one from here, as copies of a few addresses; only what doesn't fit, or isn't there,
 * goes through a heap, which is tens of times as slow. So a thread that allocates what another frees gets the same blocks back, and the heaps' locks
 * are seldom taken (after Bonwick and Adams, "Magazines and Vmem", 2001).
 *
 * <p>What lies in a depot that nobody used between two ticks of the housekeeper goes back to the heaps, so that it can coalesce. With
 * {@code decay=0s} there are no depots.
 *
 * <p>Thread-safe. Each depot has its lock, held while addresses are copied.
 */
final class Depot {

    private static final int DEPOTS = ThreadCache.STRIPES * SizeClasses.COUNT;

    /**
     * What a depot holds, in full magazines: so many that it is seldom full or empty where threads free one another's blocks. <i>Measured</i>
     * with two stripes, 2 and 6 of them in the same run: {@code rptest} 84 and 55 ns, {@code mstress} 92 and 71, {@code alloc-test} 46 and 38; 8
     * and 16 are no better. Peaks of resident memory are the same. Where there are many stripes each holds less, which bounds the whole.
     */
    private static final int MAGAZINES = Math.min(6, 48 / ThreadCache.STRIPES);

    /**
     * What a depot holds at most, bytes. Coarse classes come up against it: there are many, and together they would hold 45 MiB for each stripe.
     * <i>Measured</i>: no slower than without it, and {@code rptest}'s peak 4 % lower; with 128 KiB {@code rptest} and {@code churn-8192-16k} take a sixth longer.
     */
    private static final int MOST_BYTES = 256 << 10;

    private static final SpinLock[] LOCKS = new SpinLock[DEPOTS];
    private static final int[] COUNTS = new int[DEPOTS];

    /** Whether the depot was used since the housekeeper last looked. A hint. */
    private static final boolean[] USED = new boolean[DEPOTS];

    private static final int[] SLOTS_OF = new int[DEPOTS + 1];

    /** Most blocks that go back to the heaps in one piece. */
    private static final int DRAIN_BATCH = 64;

    static {
        int offset = 0;
        for (int i = 0; i < DEPOTS; i++) {
            LOCKS[i] = new SpinLock();
            SLOTS_OF[i] = offset;
            offset += 8 * capacity(i % SizeClasses.COUNT);
        }
        SLOTS_OF[DEPOTS] = offset;
    }

    /** Bytes of metadata for all slots. */
    static final long BYTES = SLOTS_OF[DEPOTS];

    private Depot() {}

    private static int capacity(int sizeClass) {
        int full = MAGAZINES * Magazine.capacity(sizeClass);
        return full == 0 || Housekeeper.AT_ONCE ? 0 : Math.min(full, MOST_BYTES / SizeClasses.size(sizeClass));
    }

    /** The number of a stripe's depot for a class. */
    private static int depot(int stripe, int sizeClass) {
        return stripe * SizeClasses.COUNT + sizeClass;
    }

    private static long slot(int depot, int index) {
        return Range.DEPOTS + SLOTS_OF[depot] + ((long) index << 3);
    }

    /** Blocks of a class that lie here. */
    static int count(int sizeClass) {
        int count = 0;
        for (int depot = sizeClass; depot < DEPOTS; depot += SizeClasses.COUNT) {
            count += COUNTS[depot];
        }
        return count;
    }

    /** Blocks of a class that lie in the depot of a stripe. */
    static int count(int stripe, int sizeClass) {
        return COUNTS[depot(stripe, sizeClass)];
    }

    /** The block at {@code index}, below {@link #count}. */
    static long block(int stripe, int sizeClass, int index) {
        return Memory.getLong(slot(depot(stripe, sizeClass), index));
    }

    /** Leaves up to {@code count} cached blocks, whose addresses are at {@code slots}, for a stripe. Answers how many: the first ones, as far as they fit. */
    @ReservedStackAccess
    static int put(int stripe, int sizeClass, long slots, int count) {
        int depot = depot(stripe, sizeClass);
        if (!LOCKS[depot].tryLock()) {
            return 0;
        }
        try {
            int before = COUNTS[depot];
            int put = Math.min(count, capacity(sizeClass) - before);
            Memory.copy(slots, slot(depot, before), (long) put << 3);
            COUNTS[depot] = before + put;
            USED[depot] |= put > 0; // a full one that is merely offered more is of no use
            return put;
        } finally {
            LOCKS[depot].unlock();
        }
    }

    /** Takes up to {@code want} blocks of a stripe's, last left first, and writes their addresses to {@code slots}. Answers how many. */
    @ReservedStackAccess
    static int take(int stripe, int sizeClass, long slots, int want) {
        int depot = depot(stripe, sizeClass);
        if (COUNTS[depot] == 0 || !LOCKS[depot].tryLock()) {
            return 0;
        }
        try {
            int got = Math.min(want, COUNTS[depot]);
            int left = COUNTS[depot] - got;
            Memory.copy(slot(depot, left), slots, (long) got << 3);
            COUNTS[depot] = left;
            USED[depot] = true;
            return got;
        } finally {
            LOCKS[depot].unlock();
        }
    }

    /** Gives the blocks of depots that were not used since the last call back to the heaps. */
    static void drainUnused() {
        for (int depot = 0; depot < DEPOTS; depot++) {
            boolean used = USED[depot];
            USED[depot] = false;
            if (!used && COUNTS[depot] > 0) {
                drain(depot);
            }
        }
    }

    @ReservedStackAccess
    private static void drain(int depot) {
        if (!LOCKS[depot].tryLock()) {
            return; // it is in use
        }
        try {
            while (COUNTS[depot] > 0) {
                int batch = Math.min(DRAIN_BATCH, COUNTS[depot]);
                int left = COUNTS[depot] - batch;
                PageHeap.flush(depot % SizeClasses.COUNT, slot(depot, left), batch, Housekeeper.now());
                COUNTS[depot] = left;
            }
        } finally {
            LOCKS[depot].unlock();
        }
    }
}
