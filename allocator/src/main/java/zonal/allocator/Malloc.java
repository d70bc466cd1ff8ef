package zonal.allocator;

import jdk.internal.vm.annotation.DontInline;
import jdk.internal.vm.annotation.ForceInline;
import jdk.internal.vm.annotation.ReservedStackAccess;

/**
 * The way in: takes a block. Pop the thread's magazine; if that is empty, refill it from the heap; above 32 KiB, take a run.
 *
 * <p>Nothing here throws for want of memory: 0 says that the request isn't served.
 */
final class Malloc {

    private static final boolean STRICT = Options.current().large() == LargeMode.STRICT;

    /** Largest request served from pages, bytes; above it every block is a run or a mapping of its own. */
    static final int PAGED_MAX = STRICT ? Options.current().small() : SizeClasses.MAX;

    private static final int FINE_MAX = Math.min(SizeClasses.FINE_MAX, PAGED_MAX);

    /** Where a taken block's step lies, above any address. */
    private static final int STEP_SHIFT = 56;

    private static final long ADDRESS = (1L << STEP_SHIFT) - 1;

    private static long sharedInterval = newRunInterval();

    private Malloc() {}

    /** Takes a block of {@code bytes}; 0 if {@code bytes} is not positive or there is no memory. */
    @ForceInline
    static long take(long bytes) {
        long thread = CurrentThread.id();
        long cache = CacheTable.at(thread);
        if (ThreadCache.owner(cache) == thread) {
            if (Long.compareUnsigned(bytes - 1, FINE_MAX) < 0) {
                long block = Magazine.takeFine(cache, bytes);
                if (block != 0) {
                    return block;
                }
            } else if (Long.compareUnsigned(bytes - 1, PAGED_MAX) < 0) {
                long block = Magazine.takeCoarse(cache, (int) bytes);
                if (block != 0) {
                    return block;
                }
            }
        }
        return takeOther(bytes);
    }

    private static long takeOther(long bytes) {
        if (bytes <= 0) {
            return 0;
        }
        StackProbe.near();
        return bytes <= PAGED_MAX ? takeThroughHeap((int) bytes) : takeLarge(bytes);
    }

    /**
     * Compiled by itself: C2 leaves out what it has never seen to happen, and where that does happen after all, it throws the compiled method away,
     * with all callers that it was inlined into. <i>Measured</i>, 64 threads on two processors: where the application's own loop went with it,
     * it ran interpreted until the compiler had got its share of the processors, and an operation took 40 to 158 ns, not 25.
     */
    @DontInline
    private static long takeThroughHeap(int bytes) {
        long taken = takeFromMagazine(SizeClasses.of(bytes), bytes);
        int step = (int) (taken >>> STEP_SHIFT) - 1;
        long block = taken & ADDRESS;
        if (step >= 0) {
            try {
                if (BlockMap.setSampled(block)) {
                    Sampler.sampled(block, bytes, step, true);
                }
            } catch (StackOverflowError e) {
                // The sample is lost, and not the block.
            }
        }
        return block;
    }

    /** Answers the block, or 0 when there is no memory; above it, if it is to be sampled, the interval's step and 1. */
    @ReservedStackAccess
    private static long takeFromMagazine(int sizeClass, int bytes) {
        long cache = CacheTable.enter();
        try {
            int step = Magazine.takeDue(cache, sizeClass);
            for (; ; ) {
                long block = SizeClasses.isFine(sizeClass)
                        ? Magazine.takeFine(cache, bytes)
                        : Magazine.takeCoarse(cache, bytes);
                if (block != 0) {
                    return (long) (step + 1) << STEP_SHIFT | block;
                }
                if (!Magazine.refill(cache, sizeClass)) {
                    return 0;
                }
                if (step < 0) {
                    // The first refill began an interval, and it may be a short one.
                    step = Magazine.takeDue(cache, sizeClass);
                }
            }
        } finally {
            CacheTable.leave(cache);
        }
    }

    private static long takeLarge(long bytes) {
        long cache = CacheTable.mine();
        return sampleRun(cache, takeUnpaged(cache, bytes), bytes);
    }

    /** As {@link RunHeap#takeWithRoom}. */
    static long takeWithRoom(long bytes, boolean onlyClean) {
        long block = bytes > Range.LARGEST_BLOCK ? 0 : RunHeap.INSTANCE.takeWithRoom(bytes, onlyClean);
        return sampleRun(CacheTable.mine(), block, bytes);
    }

    private static long sampleRun(long cache, long block, long bytes) {
        if (block != 0) {
            sampleRun(cache, block, bytes, bytes, true);
        }
        return block;
    }

    /** Samples a run or mapping that has {@code bytes} now, {@code more} of which count as requested just now, if it ends an interval. */
    static void sampleResized(long block, long bytes, long more) {
        sampleRun(CacheTable.mine(), block, bytes, more, false);
    }

    /**
     * Samples the run or mapping, if it ends an interval: that is its bytes, shifted by two for its step. Threads without a cache share one, and
     * may overwrite each other's.
     *
     * @param bytes its size as requested
     * @param more how many of these were requested just now: all, or those by which it has grown in place
     * @param taken whether it is a new block
     */
    private static void sampleRun(long cache, long block, long bytes, long more, boolean taken) {
        try {
            long interval = cache == 0 ? sharedInterval : Memory.getLong(cache + ThreadCache.RUN_INTERVAL);
            long left = (interval >> 2) - more;
            long next = left > 0 ? left << 2 | (interval & Sampler.COARSEST) : newRunInterval();
            if (cache == 0) {
                sharedInterval = next;
            } else {
                Memory.putLong(cache + ThreadCache.RUN_INTERVAL, next);
            }
            if (left <= 0) {
                if (!Range.contains(block) || RunHeap.INSTANCE.setSampled(block)) {
                    Sampler.sampled(block, bytes, (int) interval & Sampler.COARSEST, taken);
                }
            }
        } catch (StackOverflowError e) {
            // The sample is lost, and not the block.
        }
    }

    /** See {@link #sampleRun}. */
    static long newRunInterval() {
        int step = Sampler.step();
        return Sampler.nextInterval(step) << 2 | step;
    }

    private static long takeUnpaged(long cache, long bytes) {
        if (bytes > Range.LARGEST_BLOCK) {
            return 0;
        }
        if (STRICT) {
            long block = StrictMappings.INSTANCE.take(bytes);
            if (block != 0) {
                return block;
            }
            // The system refused (most often for vm.max_map_count): a run needs no mapping of its own.
        }
        if (cache != 0) {
            long block = RunSlot.take(cache, bytes);
            if (block != 0) {
                return block;
            }
        }
        return RunHeap.INSTANCE.take(bytes);
    }

    /** Takes a block of zeroes; fresh memory from the system is not zeroed again. */
    static long takeZeroed(long bytes) {
        long block = take(bytes);
        if (block != 0 && !isFresh(block)) {
            Memory.zeroBlock(block, bytes);
        }
        return block;
    }

    /** As {@link Allocator#isFresh}. */
    @ForceInline
    static boolean isFresh(long block) {
        if (RunHeap.contains(block)) {
            return RunHeap.INSTANCE.takeZeroed(block);
        }
        return STRICT && StrictMappings.INSTANCE.usableSize(block) != 0;
    }
}
