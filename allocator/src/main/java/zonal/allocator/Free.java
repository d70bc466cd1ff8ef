package zonal.allocator;

import jdk.internal.vm.annotation.DontInline;
import jdk.internal.vm.annotation.ForceInline;
import jdk.internal.vm.annotation.ReservedStackAccess;

/**
 * The way out: gives a block back. Look at the block map; if a live block starts there, push it on the thread's magazine; if that is
 * full, leave half of it in the depot, or flush it to the heaps, first.
 *
 * <p>Nothing is read at an address that a caller supplied before the maps say that a block lies there.
 */
final class Free {

    private static final boolean ZERO = Options.current().zeroOnFree();
    private static final boolean STRICT = Options.current().large() == LargeMode.STRICT;

    private Free() {}

    /**
     * Frees the block at {@code address}. False if the address is none of ours; true if it was freed, or lies in our range and is no
     * live block: then the bad free has been dealt with.
     */
    @ForceInline
    static boolean give(long address) {
        if (ZERO) {
            StackProbe.near(); // no stack may end between a block's last moment and its way into a magazine
        }
        long thread = CurrentThread.id();
        long cache = CacheTable.at(thread);
        if (ThreadCache.owner(cache) == thread) {
            long granule = BlockMap.fineGranule(address);
            if (PageArea.FINE.has(granule)) {
                if (Magazine.putFine(cache, address, granule)) {
                    return true;
                }
            } else if (giveCoarse(cache, address)) {
                return true;
            }
        }
        return giveOther(address);
    }

    private static boolean giveCoarse(long cache, long address) {
        long granule = BlockMap.coarseGranule(address);
        return PageArea.COARSE.has(granule) && Magazine.putCoarse(cache, address, granule);
    }

    private static boolean giveOther(long address) {
        StackProbe.near();
        if (!Range.contains(address)) {
            return STRICT && StrictMappings.INSTANCE.give(address);
        }
        if (RunHeap.contains(address)) {
            giveRun(address);
        } else {
            giveThroughHeap(address);
        }
        return true;
    }

    private static void giveRun(long address) {
        long cache = CacheTable.mine();
        if ((cache == 0 || !RunSlot.put(cache, address)) && !RunHeap.INSTANCE.give(address)) {
            BadCalls.report(BadCalls.FREE, address);
        }
    }

    /** Compiled by itself, as {@code Malloc.takeThroughHeap} is. */
    @DontInline
    private static void giveThroughHeap(long address) {
        if (BlockMap.endSampled(address)) {
            Sampler.freed(address);
        }
        if (!tryGiveThroughHeap(address)) {
            BadCalls.report(BadCalls.FREE, address);
        }
    }

    /**
     * False if no live block starts at {@code address}. The block is looked up anew after each step: another thread may free it, too. One that is
     * sampled then was freed by another thread, whose fault it is not, and taken anew.
     */
    @ReservedStackAccess
    private static boolean tryGiveThroughHeap(long address) {
        long cache = CacheTable.enter();
        try {
            for (; ; ) {
                int live = BlockMap.live(address);
                if (live < 0 || BlockMap.isSampled(address)) {
                    return false;
                }
                int sizeClass = live >>> 16;
                Bias.revokeOthers(cache, address);
                boolean given = SizeClasses.isFine(sizeClass)
                        ? Magazine.putFine(cache, address, BlockMap.fineGranule(address))
                        : giveCoarse(cache, address);
                if (given) {
                    return true;
                }
                Magazine.makeRoom(cache, sizeClass);
            }
        } finally {
            CacheTable.leave(cache);
        }
    }
}
