package zonal.allocator;

/** Exercises every path of the allocator once, so that no later call has to load, link or initialise a class. */
final class Warmup {

    private static final long[] SIZES = {1, 16, 100, 128, 129, 1000, 1024, 1025, 5000, 32 << 10, 40_000, 1 << 20};
    private static final int ROUNDS = 40;

    /** What the statistics leave out: the blocks that this class took. */
    private static long taken;

    private static boolean done;

    private Warmup() {}

    static synchronized void run() {
        if (done) {
            return;
        }
        long[] blocks = new long[ROUNDS];
        for (long size : SIZES) {
            for (int i = 0; i < ROUNDS; i++) {
                blocks[i] = Allocator.tryMalloc(size);
            }
            for (int i = 0; i < ROUNDS; i++) {
                blocks[i] = Allocator.tryRealloc(blocks[i], size + 3000L * (i & 3));
            }
            for (int i = 0; i < ROUNDS; i++) {
                Allocator.tryFree(blocks[i]);
            }
            Allocator.tryFree(Malloc.takeZeroed(size));
        }
        long grown = Allocator.tryMalloc(1 << 20);
        long neighbour = Allocator.tryMalloc(1 << 20);
        grown = Allocator.tryRealloc(grown, 4 << 20);
        Allocator.tryFree(grown);
        Allocator.tryFree(neighbour);
        Allocator.tryFree(0);
        Allocator.usableSize(1);
        Housekeeper.purge(Long.MAX_VALUE);
        CacheTable.drainShared();
        CacheTable.drainMine();
        CacheTable.sweep();
        Housekeeper.purge(Long.MAX_VALUE);
        Housekeeper.start();
        taken = Statistics.takenEver();
        done = true;
    }

    /** Blocks that were taken to warm up. */
    static long taken() {
        return taken;
    }
}
