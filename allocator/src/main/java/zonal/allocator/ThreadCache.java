package zonal.allocator;

import jdk.internal.vm.annotation.ForceInline;

/**
 * A thread's cache: a {@link Magazine} for each size class.
 *
 * <pre>
 *    0  zero       long  always 0: the bottom of a magazine that was never used
 *    8  owner      long  number of the thread that the cache belongs to; 0 none. Others change it only if that thread has ended, or is
 *                         idle: its number is negative while that is being found out ({@link IdleCaches}), and from when it is to empty
 *                         magazines to its next call ({@link IdleMagazines})
 *   16  index      int   which of all caches this is
 *   20  run pages  int   length of the cached run, OS pages
 *   24  granted    long  bytes that the magazines' limits add up to
 *   32  run        long  address of the cached run, or 0; see {@link RunSlot}
 *   40  runs taken, live, bytes, pages: what the slot adds to the counts of {@link RunHeap}
 *   72  run interval  long  what is left of it; see {@link Malloc}
 *   80  freeing    long  address of the block that its thread is freeing without an atomic instruction, or 0; see {@link Bias}
 *   88  bias       short what the biases of pages say that are biased to this cache
 *   90  fresh      short pages that were made for this cache of late
 *   92  revoked    short biases that others revoked of late
 *   94  home       short what the biases of pages say that are shared and at home in the cache's stripe
 *   96  16 bytes for each class: what every call reads and writes of its magazine
 *       16 bytes for each class: what is left of it
 *       slots      for each class a zero, its magazine's bottom, and the block addresses
 * </pre>
 */
final class ThreadCache {

    private static final int OWNER = 8;
    private static final int INDEX = 16;
    static final int RUN_PAGES = 20;
    static final int GRANTED = 24;
    static final int RUN = 32;
    static final int RUNS_TAKEN = 40;
    static final int RUNS_LIVE = 48;
    static final int RUNS_BYTES = 56;
    static final int RUNS_LIVE_PAGES = 64;
    static final int RUN_INTERVAL = 72;

    static final int FREEING = 80;
    static final int BIAS = 88;
    static final int FRESH = 90;
    static final int REVOKED = 92;
    static final int HOME = 94;

    static final int MAGAZINE_SHIFT = 4;
    static final int MAGAZINES = 96;
    static final int MAGAZINES_REST = MAGAZINES + (SizeClasses.COUNT << MAGAZINE_SHIFT);

    private static final long MOST_GRANTED = 4L << 20;
    private static final long LEAST_GRANTED = 512L << 10;
    private static final long GRANTED_TO_ALL = 64L << 20;

    private static final int SLOTS = MAGAZINES_REST + (SizeClasses.COUNT << MAGAZINE_SHIFT);

    /** Where each magazine's bottom is, bytes from the cache's address. */
    private static final int[] BOTTOMS = new int[SizeClasses.COUNT + 1];

    static {
        int offset = SLOTS;
        for (int c = 0; c < SizeClasses.COUNT; c++) {
            BOTTOMS[c] = offset;
            offset += Magazine.SLOT * (1 + Magazine.capacity(c));
        }
        BOTTOMS[SizeClasses.COUNT] = offset;
    }

    /** Bytes from one cache to the next: an odd number of cache lines, so that two caches don't compete for the same sets. */
    static final long STRIDE = ((BOTTOMS[SizeClasses.COUNT] + 63L) & -64L) | 64L;

    /**
     * A cache belongs to one of so many stripes, which share no heap and no depot: a power of two. On one processor there are two, so that a thread
     * that is stopped in one stripe's heap holds up nobody.
     */
    static final int STRIPES =
            Integer.highestOneBit(Math.clamp(Runtime.getRuntime().availableProcessors(), 2, 16));

    /** Shared caches, the first ones of all. A power of two. */
    static final int SHARED =
            Integer.highestOneBit(Math.clamp(Runtime.getRuntime().availableProcessors() * 2L, 2, 64));

    /** Bytes that are reserved for all caches; they are made accessible one by one. */
    static final long ALL_BYTES = ((long) CacheTable.PLACES + SHARED) * STRIDE;

    private ThreadCache() {}

    @ForceInline
    static long owner(long cache) {
        return Memory.getLong(cache + OWNER);
    }

    static void setOwner(long cache, long thread) {
        Memory.putLong(cache + OWNER, thread);
    }

    /** Changes the owner from a number to another; false, and nothing is done, if it is not that number. */
    static boolean changeOwner(long cache, long from, long to) {
        return Memory.compareAndSetLong(cache + OWNER, from, to);
    }

    static int index(long cache) {
        return Memory.getInt(cache + INDEX);
    }

    static void setIndex(long cache, int index) {
        Memory.putInt(cache + INDEX, index);
        Memory.putShort(cache + BIAS, index < SHARED ? Bias.NOBODY : (short) (index + 1));
        Memory.putShort(cache + HOME, Bias.shared(CacheTable.stripe(cache)));
    }

    /** Most bytes of free blocks that the magazines of one cache may hold together: the more caches are in use, the less. */
    static long mostGranted() {
        return Math.clamp(GRANTED_TO_ALL / CacheTable.inUse(), LEAST_GRANTED, MOST_GRANTED);
    }

    /** Where a magazine's bottom is, bytes from the cache's address. */
    static int bottom(int sizeClass) {
        return BOTTOMS[sizeClass];
    }

    /** Whether no magazine may hold a block: so it is with a cache that was emptied, and not used since. */
    static boolean isEmpty(long cache) {
        return Memory.getLong(cache + GRANTED) == 0;
    }

    /** A number that each call of malloc and free changes, as well as can be told from outside. */
    static long digest(long cache) {
        long digest = RunSlot.digest(cache) * 31 + Memory.getLong(cache + RUN_INTERVAL);
        for (int offset = MAGAZINES; offset < SLOTS; offset += Long.BYTES) {
            digest = digest * 31 + Memory.getLong(cache + offset);
        }
        return digest;
    }

    /** Gives the memory behind the slots of a cache that is empty back; the counts stay. */
    static void purgeSlots(long cache) {
        long from = (cache + SLOTS + SystemCalls.OS_PAGE_SIZE - 1) & -SystemCalls.OS_PAGE_SIZE;
        long to = (cache + STRIDE) & -SystemCalls.OS_PAGE_SIZE;
        SystemCalls.purge(from, to - from);
    }
}
