package zonal.allocator;

import jdk.internal.vm.annotation.DontInline;
import jdk.internal.vm.annotation.ForceInline;
import jdk.internal.vm.annotation.ReservedStackAccess;

/**
 * Which thread has which cache.
 *
 * <p>A thread has a place in the table, by its number. One that calls often gets a cache of its own there, if the place is not taken by
 * a thread that lives; all others use a shared cache under its lock. So a thread that allocates a little and stays holds nothing, a thread that
 * ends leaves a cache that its successor at the same place takes over as it is, and what all caches hold is bounded whatever the number
 * of threads. A thread that stays, and is idle, loses its cache in the end ({@link IdleCaches}); one that works
 * on empties what it no longer uses of it ({@link IdleMagazines}).
 *
 * <p>Each place has an entry in two tables:
 *
 * <pre>
 *   what every call reads:      cache      long  address of the cache at this place; of a shared one, whose owner is nobody, if there is none
 *
 *   who it is:               0  owner      long  number of the thread that has the place; 0 none, -1 being handed over
 *                            8  candidate  long  thread that would like to have the place
 *                           16  hits       int   calls of that thread so far
 * </pre>
 *
 * <p><b>Two threads.</b> A place changes hands by compare-and-set of its owner, from a thread that was seen to have ended to
 * {@link #CHANGING}; only who did that goes on. {@code Thread.isAlive() == false} happens after everything that the thread did, so the
 * cache's contents are seen whole. {@code OWNERS} may lag behind the owner's number: it is believed only if it carries that number.
 *
 * <p>A call takes the cache at its thread's place for its own if the cache says so. Only the thread itself writes its number there, or the housekeeper
 * in the place of the negative that it made of it; and until the thread has ended, or was seen to be idle, nobody writes another, but for its negative,
 * which is nobody's; so whatever the place's entry said when it was read, the answer is right, and needs no ordering.
 */
final class CacheTable {

    /** Places. A power of two. */
    static final int PLACES = 1024;

    private static final int SHARED = ThreadCache.SHARED;

    private static final int CACHES_BYTES = PLACES * 8;
    private static final int HOLDER_SHIFT = 5;

    /** Bytes of both tables. */
    static final long TABLE_BYTES = CACHES_BYTES + ((long) PLACES << HOLDER_SHIFT);

    private static final int OWNER = 0;
    private static final int CANDIDATE = 8;
    private static final int HITS = 16;

    private static final long CHANGING = -1;

    /** Calls through a shared cache after which a thread gets a cache of its own. */
    private static final int CALLS_BEFORE_PRIVATE = 16;

    private static final Thread[] OWNERS = new Thread[PLACES];
    private static final SpinLock[] SHARED_LOCKS = new SpinLock[SHARED];

    /** By shared cache: the digest of its counts when the housekeeper last looked. */
    private static final long[] SHARED_SEEN = new long[SHARED];

    /** Guards the making and keeping of caches. */
    private static final SpinLock LOCK = new SpinLock();

    private static final long[] UNUSED = new long[PLACES];
    private static int unused;
    private static int made;

    static {
        if (SystemCalls.commit(Range.CACHE_TABLE, TABLE_BYTES) < 0
                || SystemCalls.commit(Range.DEPOTS, Depot.BYTES) < 0) {
            throw new SystemCalls.UnsupportedSystemException("the system refuses memory for the thread caches");
        }
        for (int i = 0; i < SHARED; i++) {
            SHARED_LOCKS[i] = new SpinLock();
            if (make() == 0) {
                throw new SystemCalls.UnsupportedSystemException("the system refuses memory for the thread caches");
            }
        }
        for (int i = 0; i < PLACES; i++) {
            Memory.putLong(entry(i), address(0));
        }
    }

    private CacheTable() {}

    /** The calling thread's own cache, or 0 if it has none. The caller holds no lock, and is about nothing with a magazine or a slot. */
    static long mine() {
        long thread = CurrentThread.id();
        long cache = at(thread);
        long owner = ThreadCache.owner(cache);
        return owner == thread || (owner == -thread && takeBack(cache, thread)) ? cache : 0;
    }

    /** Takes back the cache that the calling thread was asked for; false if it has lost it. */
    private static boolean takeBack(long cache, long thread) {
        if (!ThreadCache.changeOwner(cache, -thread, thread)) {
            return false;
        }
        IdleMagazines.drainNoted(cache, (int) thread & (PLACES - 1));
        return true;
    }

    /** The cache at the place of the thread with this number; it may be another's. */
    @ForceInline
    static long at(long thread) {
        return Memory.getLong(entry((int) thread & (PLACES - 1)));
    }

    @ForceInline
    private static long entry(int place) {
        return Range.CACHE_TABLE + ((long) place << 3);
    }

    private static long holder(int place) {
        return Range.CACHE_TABLE + CACHES_BYTES + ((long) place << HOLDER_SHIFT);
    }

    /** Caches ever made. Each is accessible from then on. */
    static int count() {
        return made;
    }

    /** Caches that threads have, about, for both numbers are read without the lock; at least the shared ones. */
    static int inUse() {
        return Math.max(SHARED, made - unused);
    }

    /** The address of a cache. */
    static long address(int index) {
        return Range.CACHES + index * ThreadCache.STRIDE;
    }

    /** Whether a cache is one of those that threads share under a lock. */
    static boolean isShared(long cache) {
        return ThreadCache.index(cache) < SHARED;
    }

    /** The stripe of heaps that a cache is refilled from. */
    static int stripe(long cache) {
        return ThreadCache.index(cache) & (ThreadCache.STRIPES - 1);
    }

    /** A cache that the calling thread may use until it calls {@link #leave}: its own, or a shared one, locked. */
    static long enter() {
        long mine = mine();
        if (mine != 0) {
            return mine;
        }
        long thread = CurrentThread.id();
        long acquired = acquire((int) thread & (PLACES - 1), thread);
        if (acquired != 0) {
            return acquired;
        }
        return lockShared((int) (thread ^ (thread >>> 10)));
    }

    /**
     * A shared cache, locked: that at {@code first}, or the next one whose lock nobody has. Where all are in use it is whichever is free first: a thread
     * that is stopped in one holds up nobody.
     */
    private static long lockShared(int first) {
        for (int micros = SpinLock.FIRST_SLEEP_MICROS; ; micros = SpinLock.longer(micros)) {
            for (int i = 0; i < SHARED; i++) {
                int index = (first + i) & (SHARED - 1);
                if (SHARED_LOCKS[index].tryLock()) {
                    return address(index);
                }
            }
            int own = first & (SHARED - 1);
            if (SHARED_LOCKS[own].trySpinning()) {
                return address(own);
            }
            SystemCalls.sleepMicros(micros);
        }
    }

    static void leave(long cache) {
        if (isShared(cache)) {
            SHARED_LOCKS[ThreadCache.index(cache)].unlock();
        }
    }

    /** The calling thread's new cache, or 0. Candidate and hits are hints: threads may overwrite each other's. */
    private static long acquire(int place, long thread) {
        long holder = holder(place);
        long owner = Memory.getLongAcquire(holder + OWNER);
        if (owner == CHANGING || (owner != 0 && !hasEnded(place, owner))) {
            return 0;
        }
        if (Memory.getLong(holder + CANDIDATE) != thread) {
            Memory.putLong(holder + CANDIDATE, thread);
            Memory.putInt(holder + HITS, 0);
        }
        int hits = Memory.getInt(holder + HITS) + 1;
        Memory.putInt(holder + HITS, hits);
        if (hits < CALLS_BEFORE_PRIVATE) {
            return 0;
        }
        Thread self = CurrentThread.platformThread();
        if (self == null || !Memory.compareAndSetLong(holder + OWNER, owner, CHANGING)) {
            return 0;
        }
        long cache = owner == 0 ? 0 : Memory.getLong(entry(place));
        if (cache == 0) {
            cache = inherit();
            if (cache == 0) {
                cache = make();
            }
        }
        if (cache != 0) {
            Bias.leave(cache); // as in keep: it may be that of a thread that has ended
            ThreadCache.setOwner(cache, thread);
            Memory.putLong(entry(place), cache);
            OWNERS[place] = self;
        } else {
            Memory.putInt(holder + HITS, 0); // there is no memory for one: not to be asked for with each call
        }
        Memory.putLongRelease(holder + OWNER, cache == 0 ? 0 : thread);
        return cache;
    }

    /** The cache of any thread that has ended, as it is, or 0. So threads that follow one another don't need one cache each. */
    @DontInline
    private static long inherit() {
        for (int i = 0; i < PLACES; i++) {
            long holder = holder(i);
            long owner = Memory.getLongAcquire(holder + OWNER);
            if (owner > 0 && hasEnded(i, owner) && Memory.compareAndSetLong(holder + OWNER, owner, CHANGING)) {
                return vacate(i);
            }
        }
        return 0;
    }

    /** Takes the cache out of a place that the caller has made CHANGING, and leaves the place free. */
    private static long vacate(int place) {
        long cache = Memory.getLong(entry(place));
        ThreadCache.setOwner(cache, 0);
        Memory.putLong(entry(place), address(0));
        forgetOwner(place);
        Memory.putLongRelease(holder(place) + OWNER, 0);
        return cache;
    }

    private static boolean hasEnded(int place, long owner) {
        Thread thread = OWNERS[place];
        return thread != null && thread.threadId() == owner && !thread.isAlive();
    }

    /** An empty cache, or 0 when there is no memory. */
    @DontInline
    @ReservedStackAccess
    private static long make() {
        LOCK.lock();
        try {
            if (unused > 0) {
                return UNUSED[--unused];
            }
            if (made == PLACES + SHARED) {
                return 0; // one is on its way to the unused ones
            }
            long cache = address(made);
            long from = cache & -SystemCalls.OS_PAGE_SIZE;
            long to = (cache + ThreadCache.STRIDE + SystemCalls.OS_PAGE_SIZE - 1) & -SystemCalls.OS_PAGE_SIZE;
            if (SystemCalls.commit(from, to - from) < 0) {
                return 0;
            }
            ThreadCache.setIndex(cache, made);
            Memory.putLong(cache + ThreadCache.RUN_INTERVAL, Malloc.newRunInterval());
            made++;
            return cache;
        } finally {
            LOCK.unlock();
        }
    }

    /** Empties the caches of threads that have ended, and keeps them for others. */
    @ReservedStackAccess
    static void sweep() {
        for (long cache = inherit(); cache != 0; cache = inherit()) {
            keep(cache, Housekeeper.now());
        }
    }

    /** Has the next call of the thread that has a place come by {@link #takeBack}. */
    static void ask(int place) {
        long owner = claim(place);
        if (owner != 0) {
            ThreadCache.changeOwner(Memory.getLong(entry(place)), owner, -owner);
            Memory.putLongRelease(holder(place) + OWNER, owner);
        }
    }

    /** Makes a place that a thread has CHANGING; answers the thread, or 0 if none has it, or it is being handed over. */
    private static long claim(int place) {
        long holder = holder(place);
        long owner = Memory.getLongAcquire(holder + OWNER);
        return owner > 0 && Memory.compareAndSetLong(holder + OWNER, owner, CHANGING) ? owner : 0;
    }

    /**
     * Takes its cache away from the thread that has a place, if that is idle, as {@link IdleCaches} says; empties it, and keeps it for others.
     * Answers whether it was.
     *
     * @param used the tick by which it was last used
     */
    @ReservedStackAccess
    static boolean retire(int place, long used) {
        long owner = claim(place);
        if (owner == 0) {
            return false;
        }
        long holder = holder(place);
        long cache = Memory.getLong(entry(place));
        boolean asked = ThreadCache.changeOwner(cache, owner, -owner);
        boolean retired = false;
        try {
            retired = IdleCaches.isOutside(OWNERS[place]) && ThreadCache.changeOwner(cache, -owner, 0);
        } finally {
            if (!retired) {
                if (asked) {
                    ThreadCache.changeOwner(cache, -owner, owner); // its thread may have done so
                }
                Memory.putLongRelease(holder + OWNER, owner);
            }
        }
        if (retired) {
            Memory.putInt(holder + HITS, 0);
            keep(vacate(place), used);
        }
        return retired;
    }

    /** Empties a cache that nobody has, and that was last used by the tick {@code used}, and keeps it for others. */
    private static void keep(long cache, long used) {
        Bias.leave(cache); // a stack overflow may have kept its thread from doing so
        drain(cache, used);
        ThreadCache.purgeSlots(cache);
        LOCK.lock();
        try {
            UNUSED[unused++] = cache;
        } finally {
            LOCK.unlock();
        }
    }

    /** Empties the shared caches that nobody has used since the last call, or {@code all} that nobody uses at this moment. For the housekeeper alone. */
    @ReservedStackAccess
    static void drainShared(boolean all) {
        for (int i = 0; i < SHARED; i++) {
            if (ThreadCache.isEmpty(address(i))) {
                continue;
            }
            long digest = ThreadCache.digest(address(i));
            boolean unused = digest == SHARED_SEEN[i];
            SHARED_SEEN[i] = digest;
            if ((unused || all) && SHARED_LOCKS[i].tryLock()) {
                try {
                    drain(address(i), Housekeeper.now());
                } finally {
                    SHARED_LOCKS[i].unlock();
                }
            }
        }
    }

    /** Empties the calling thread's own cache, if it has one. */
    static void drainMine() {
        long cache = mine();
        if (cache != 0) {
            drain(cache, Housekeeper.now());
        }
    }

    private static void drain(long cache, long used) {
        for (int c = 1; c < SizeClasses.COUNT; c++) {
            Magazine.drain(cache, c, used);
        }
        RunSlot.drain(cache, used);
    }

    @SuppressWarnings("NullAway") // a thread that has ended is not kept from the garbage collector
    private static void forgetOwner(int place) {
        OWNERS[place] = null;
    }
}
