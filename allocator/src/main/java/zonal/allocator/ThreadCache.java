package zonal.allocator;

/**
 * A thread's cache: a {@link Magazine} for each size class.
 *
 * <pre>
 *    0  index      int   which of all caches this is
 *    4  run pages  int   length of the cached run, OS pages
 *    8  granted    long  bytes that the magazines' limits add up to
 *   16  run        long  address of the cached run, or 0; see {@link RunSlot}
 *   24  runs taken, live, bytes, pages: what the slot adds to the counts of {@link RunHeap}
 *   64  magazines  one header for each class
 *       slots      block addresses
 * </pre>
 */
final class ThreadCache {

    static final int INDEX = 0;
    static final int RUN_PAGES = 4;
    static final int GRANTED = 8;
    static final int RUN = 16;
    static final int RUNS_TAKEN = 24;
    static final int RUNS_LIVE = 32;
    static final int RUNS_BYTES = 40;
    static final int RUNS_LIVE_PAGES = 48;
    static final int MAGAZINES = 64;

    private static final long MOST_GRANTED = 4L << 20;
    private static final long LEAST_GRANTED = 512L << 10;
    private static final long GRANTED_TO_ALL = 64L << 20;

    private static final long SLOTS = MAGAZINES + (long) SizeClasses.COUNT * Magazine.HEADER_SIZE;

    /** Where each class's slots start, bytes from the cache's address. */
    private static final int[] SLOTS_OF_CLASS = new int[SizeClasses.COUNT + 1];

    static {
        long offset = SLOTS;
        for (int c = 0; c < SizeClasses.COUNT; c++) {
            SLOTS_OF_CLASS[c] = (int) offset;
            offset += 8L * Magazine.capacity(c);
        }
        SLOTS_OF_CLASS[SizeClasses.COUNT] = (int) offset;
    }

    /** Bytes from one cache to the next: an odd number of cache lines, so that two caches don't compete for the same sets. */
    static final long STRIDE = ((SLOTS_OF_CLASS[SizeClasses.COUNT] + 63L) & -64L) | 64L;

    /** Shared caches, the first ones of all. A power of two. */
    static final int SHARED =
            Integer.highestOneBit(Math.clamp(Runtime.getRuntime().availableProcessors() * 2L, 2, 64));

    /** Bytes that are reserved for all caches; they are made accessible one by one. */
    static final long ALL_BYTES = ((long) CacheTable.PLACES + SHARED) * STRIDE;

    private ThreadCache() {}

    static int index(long cache) {
        return Memory.getInt(cache + INDEX);
    }

    /** Most bytes of free blocks that the magazines of one cache may hold together: the more caches there are, the less. */
    static long mostGranted() {
        return Math.clamp(GRANTED_TO_ALL / CacheTable.count(), LEAST_GRANTED, MOST_GRANTED);
    }

    static long magazine(long cache, int sizeClass) {
        return cache + MAGAZINES + (long) sizeClass * Magazine.HEADER_SIZE;
    }

    static long slots(long cache, int sizeClass) {
        return cache + SLOTS_OF_CLASS[sizeClass];
    }
}
