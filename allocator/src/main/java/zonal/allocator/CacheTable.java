package zonal.allocator;

import jdk.internal.vm.annotation.ReservedStackAccess;

/**
 * Which thread has which cache.
 *
 * <p>There are {@link #PRIVATE} private caches and some shared ones. A thread that calls often gets the private cache at its
 * number's place, if that is not taken by a thread that lives; all others use a shared cache under its lock. So a thread that
 * allocates a little and stays holds nothing, a thread that ends leaves a cache that its successor at the same place takes over as it is, and what all
 * caches hold is bounded whatever the number of threads.
 *
 * <p><b>Two threads.</b> A private cache changes hands by compare-and-set of its owner, from a thread that was seen to have ended
 * to {@link #CHANGING}; only who did that goes on. {@code Thread.isAlive() == false} happens after everything that the thread
 * did, so the cache's contents are seen whole. {@code OWNERS} may lag behind the owner's number: it is believed only if it carries that number.
 */
final class CacheTable {

    /** Private caches. A power of two. */
    static final int PRIVATE = 1024;

    /** Shared caches. A power of two. */
    static final int SHARED =
            Integer.highestOneBit(Math.clamp(Runtime.getRuntime().availableProcessors() * 2L, 2, 64));

    static final long BYTES = ((long) PRIVATE + SHARED) * ThreadCache.STRIDE;

    private static final long CHANGING = -1;

    /** Calls through a shared cache after which a thread gets a cache of its own. */
    private static final int CALLS_BEFORE_PRIVATE = 16;

    private static final Thread[] OWNERS = new Thread[PRIVATE];
    private static final SpinLock[] SHARED_LOCKS = new SpinLock[SHARED];

    static {
        for (int i = 0; i < SHARED; i++) {
            SHARED_LOCKS[i] = new SpinLock();
        }
    }

    private CacheTable() {}

    static long address(int index) {
        return Range.CACHES + index * ThreadCache.STRIDE;
    }

    private static int index(long cache) {
        return (int) ((cache - Range.CACHES) / ThreadCache.STRIDE);
    }

    /** The stripe of heaps that a cache is refilled from. */
    static int stripe(long cache) {
        return index(cache) & (PageHeap.STRIPES - 1);
    }

    /** A cache that the calling thread may use until it calls {@link #leave}: its own, or a shared one, locked. */
    static long enter() {
        long thread = CurrentThread.id();
        int place = (int) thread & (PRIVATE - 1);
        long cache = address(place);
        if (Memory.getLong(cache + ThreadCache.OWNER) == thread || acquire(cache, place, thread)) {
            return cache;
        }
        int shared = (int) (thread ^ thread >>> 10) & (SHARED - 1);
        SHARED_LOCKS[shared].lock();
        return address(PRIVATE + shared);
    }

    static void leave(long cache) {
        int index = index(cache);
        if (index >= PRIVATE) {
            SHARED_LOCKS[index - PRIVATE].unlock();
        }
    }

    /** Whether the calling thread has become the owner. Candidate and hits are hints: threads may overwrite each other's. */
    private static boolean acquire(long cache, int place, long thread) {
        long owner = Memory.getLongAcquire(cache + ThreadCache.OWNER);
        if (owner == CHANGING || (owner != 0 && !hasEnded(place, owner))) {
            return false;
        }
        if (Memory.getLong(cache + ThreadCache.CANDIDATE) != thread) {
            Memory.putLong(cache + ThreadCache.CANDIDATE, thread);
            Memory.putInt(cache + ThreadCache.HITS, 0);
        }
        int hits = Memory.getInt(cache + ThreadCache.HITS) + 1;
        Memory.putInt(cache + ThreadCache.HITS, hits);
        if (hits < CALLS_BEFORE_PRIVATE) {
            return false;
        }
        Thread self = CurrentThread.platformThread();
        if (self == null || !Memory.compareAndSetLong(cache + ThreadCache.OWNER, owner, CHANGING)) {
            return false;
        }
        OWNERS[place] = self;
        Memory.putLongRelease(cache + ThreadCache.OWNER, thread);
        return true;
    }

    private static boolean hasEnded(int place, long owner) {
        Thread thread = OWNERS[place];
        return thread != null && thread.threadId() == owner && !thread.isAlive();
    }

    /** Empties the caches of threads that have ended, and the shared ones that nobody used since the last time. */
    @ReservedStackAccess
    static void sweep() {
        for (int place = 0; place < PRIVATE; place++) {
            long cache = address(place);
            long owner = Memory.getLongAcquire(cache + ThreadCache.OWNER);
            if (owner > 0
                    && hasEnded(place, owner)
                    && Memory.compareAndSetLong(cache + ThreadCache.OWNER, owner, CHANGING)) {
                drain(cache);
                clearOwner(place);
                Memory.putLongRelease(cache + ThreadCache.OWNER, 0);
            }
        }
    }

    /** Empties the shared caches. */
    @ReservedStackAccess
    static void drainShared() {
        for (int i = 0; i < SHARED; i++) {
            SHARED_LOCKS[i].lock();
            try {
                drain(address(PRIVATE + i));
            } finally {
                SHARED_LOCKS[i].unlock();
            }
        }
    }

    /** Empties the calling thread's own cache, if it has one. */
    static void drainMine() {
        long cache = ThreadCache.mine();
        if (cache != 0) {
            drain(cache);
        }
    }

    private static void drain(long cache) {
        for (int c = 1; c < SizeClasses.COUNT; c++) {
            Magazine.drain(cache, c);
        }
    }

    @SuppressWarnings("NullAway") // a thread that has ended is not kept from the garbage collector
    private static void clearOwner(int place) {
        OWNERS[place] = null;
    }
}
