package zonal.allocator;

/** A thread's own cache, which it gets when it calls often. */
final class OwnCache {

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

    /** Gives back to the heaps what lies in the calling thread's own cache, and in depots. */
    static void drain() {
        CacheTable.drainMine();
        Depot.drainUnused(); // what was used since the last time stays once
        Depot.drainUnused();
    }
}
