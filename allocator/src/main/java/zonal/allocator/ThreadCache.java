package zonal.allocator;

/**
 * A thread's cache: a {@link Magazine} for each size class.
 *
 * <p>A cache lies in the metadata, at an address that follows from the thread's number: finding it is a mask, a multiplication and
 * one compare.
 *
 * <pre>
 *    0  owner      long  number of the thread that the cache belongs to; 0 none, -1 being handed over
 *    8  candidate  long  thread that would like to have it
 *   16  hits       int   calls of that thread so far
 *   24  granted    long  bytes that the magazines' limits add up to
 *   64  magazines  one header for each class
 *       slots      block addresses
 * </pre>
 */
final class ThreadCache {

    static final int OWNER = 0;
    static final int CANDIDATE = 8;
    static final int HITS = 16;
    static final int GRANTED = 24;
    static final int MAGAZINES = 64;

    /** Most bytes of free blocks that the magazines of one cache may hold together. */
    static final long MOST_GRANTED = 1L << 20;

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

    private ThreadCache() {}

    /** The calling thread's own cache, or 0 if it has none. */
    static long mine() {
        long thread = CurrentThread.id();
        long cache = CacheTable.address((int) thread & (CacheTable.PRIVATE - 1));
        return Memory.getLong(cache + OWNER) == thread ? cache : 0;
    }

    static long magazine(long cache, int sizeClass) {
        return cache + MAGAZINES + (long) sizeClass * Magazine.HEADER_SIZE;
    }

    static long slots(long cache, int sizeClass) {
        return cache + SLOTS_OF_CLASS[sizeClass];
    }
}
