package zonal.allocator;

import org.jspecify.annotations.Nullable;

/** Exercises every path of the allocator once, so that no later call has to load, link or initialise a class, or takes Java heap memory. */
final class Warmup {

    /** Bytes. No more than it takes to have OS pages move: what is made accessible for it stays so, and strict overcommit charges it. */
    private static final int LARGEST = 256 << 10;

    /** One for each way that a request can go; more would only take longer, at each start. */
    private static final long[] SIZES = {16, 1000, 5000, 32 << 10, 40_000, LARGEST};

    /** As many blocks of a size as make its magazine refill and flush. */
    private static final int ROUNDS = 40;

    /** The same for a run, which has no magazine. */
    private static final int ROUNDS_OF_RUNS = 3;

    /** What the statistics leave out: the blocks that this class took. */
    private static long taken;

    private Warmup() {}

    /** Answers null, or why the allocator can't work here, in one line. */
    static @Nullable String run() {
        Options.freeze();
        try {
            exercise();
            Housekeeper.start();
            return null;
        } catch (ExceptionInInitializerError e) {
            Throwable cause = e.getCause();
            return cause instanceof UnsupportedOperationException ? cause.getMessage() : String.valueOf(cause);
        } catch (UnsupportedOperationException e) {
            return e.getMessage();
        } catch (LinkageError e) {
            return e.toString();
        }
    }

    /** Empties the caller's cache while the heaps of a class are locked, as by threads that are stopped there. */
    private static void leaveBacklog(int sizeClass) {
        if (!Backlog.put(sizeClass, 0, 0)) {
            return; // it isn't accessible: blocks would wait for the locks
        }
        for (int stripe = 0; stripe < ThreadCache.STRIPES; stripe++) {
            PageHeap.of(stripe, sizeClass).lock();
        }
        CacheTable.drainMine();
        for (int stripe = 0; stripe < ThreadCache.STRIPES; stripe++) {
            PageHeap.of(stripe, sizeClass).unlock();
        }
        Backlog.drain();
    }

    private static void exercise() {
        SystemCalls.settle();
        long[] blocks = new long[ROUNDS];
        for (long size : SIZES) {
            int rounds = size > 32 << 10 ? ROUNDS_OF_RUNS : ROUNDS;
            for (int i = 0; i < rounds; i++) {
                blocks[i] = Malloc.take(size);
            }
            for (int i = 0; i < rounds; i++) {
                blocks[i] = Realloc.resize(blocks[i], size + 3000L * (i & 3));
            }
            for (int i = 0; i < rounds; i++) {
                Free.give(blocks[i]);
            }
            Free.give(Malloc.takeZeroed(size));
        }
        long own = Malloc.take(SIZES[0]);
        if (own == 0) {
            throw new SystemCalls.UnsupportedSystemException("the system refuses memory for the first page");
        }
        Bias.revokeOthers(CacheTable.address(0), own); // as if another thread were about to free it
        Free.give(own);
        long grown = Malloc.take(LARGEST);
        long neighbour = Malloc.take(LARGEST);
        grown = Realloc.resize(grown, 4 * LARGEST); // its neighbour is in the way
        if (RunHeap.contains(neighbour) && RunHeap.contains(grown) && RunMoves.mayMove(RunHeap.index(neighbour))) {
            RunMoves.move(neighbour, grown, LARGEST);
        }
        ResidentPages.estimate(grown, 1);
        Free.give(grown);
        Free.give(neighbour);
        Housekeeper.purge(Long.MAX_VALUE);
        CacheTable.drainShared(true);
        leaveBacklog(SizeClasses.of((int) SIZES[0]));
        CacheTable.sweep();
        Depot.drainUnused();
        Depot.drainUnused();
        Housekeeper.purge(Long.MAX_VALUE);
        Sampler.warmUp();
        // A class whose first use finds the Java heap full would be of no use from then on.
        Growth.note();
        IdleCaches.look();
        IdleMagazines.look();
        BadCalls.count();
        taken = Statistics.takenEver();
    }

    /** Blocks that were taken to warm up. */
    static long taken() {
        return taken;
    }
}
