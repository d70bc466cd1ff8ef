package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

/** A thread's own cache, which it gets when it calls often. */
final class OwnCache {

    /** One fewer than a thread makes before it gets a cache of its own. */
    static final int FEW_CALLS = 15;

    /** More than enough for a cache. */
    private static final int CALLS = 100;

    private OwnCache() {}

    /** The calling thread's own cache; 0 where a thread that lives has the place. */
    static long get() {
        for (int i = 0; i < CALLS && CacheTable.mine() == 0; i++) {
            Allocator.free(Allocator.malloc(40));
        }
        return CacheTable.mine();
    }

    /** A thread, not started yet, that can have a cache of its own: every 1,024th one would find another's at its place. */
    static Thread thread(Runnable act) {
        Thread thread;
        do {
            thread = Thread.ofPlatform().unstarted(act);
        } while (ThreadCache.owner(CacheTable.at(thread.threadId())) != 0);
        return thread;
    }

    /** Gives back to the heaps what lies in the calling thread's own cache, and in depots. */
    static void drain() {
        CacheTable.drainMine();
        Depot.drainUnused(); // what was used since the last time stays once
        Depot.drainUnused();
    }

    /** As {@link #drain}, of all threads that have ended and of the shared caches, too: the housekeeper finds nothing there that it could flush. */
    static void drainAll() {
        CacheTable.sweep();
        CacheTable.drainShared(true);
        drain();
        HeapCheck.eventually(() -> {
            Backlog.drain();
            Depot.drainUnused(); // one that the housekeeper has in hand is passed over
            return assertThat(Backlog.count() + inDepots()).isZero();
        });
    }

    private static int inDepots() {
        int count = 0;
        for (int sizeClass = 1; sizeClass < SizeClasses.COUNT; sizeClass++) {
            count += Depot.count(sizeClass);
        }
        return count;
    }
}
