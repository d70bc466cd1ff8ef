package zonal.allocator;

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

    private Malloc() {}

    /** Takes a block of {@code bytes}; 0 if {@code bytes} is not positive or there is no memory. */
    @ForceInline
    static long take(long bytes) {
        if (bytes > 0 && bytes <= PAGED_MAX) {
            long cache = CacheTable.mine();
            if (cache != 0) {
                int size = (int) bytes;
                long block = bytes <= SizeClasses.FINE_MAX
                        ? Magazine.takeFine(cache, SizeClasses.fine(size), size)
                        : Magazine.takeCoarse(cache, SizeClasses.coarse(size), size);
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

    @ReservedStackAccess
    private static long takeThroughHeap(int bytes) {
        int sizeClass = SizeClasses.of(bytes);
        long cache = CacheTable.enter();
        try {
            for (; ; ) {
                long block = SizeClasses.isFine(sizeClass)
                        ? Magazine.takeFine(cache, sizeClass, bytes)
                        : Magazine.takeCoarse(cache, sizeClass, bytes);
                if (block != 0) {
                    return block;
                }
                if (!Magazine.refill(cache, sizeClass)) {
                    return 0;
                }
            }
        } finally {
            CacheTable.leave(cache);
        }
    }

    private static long takeLarge(long bytes) {
        if (STRICT) {
            long block = StrictMappings.INSTANCE.take(bytes);
            if (block != 0) {
                return block;
            }
            // The system refused (most often for vm.max_map_count): a run needs no mapping of its own.
        }
        long cache = CacheTable.mine();
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
            Memory.zero(block, bytes);
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
