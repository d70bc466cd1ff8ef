package zonal.allocator;

import jdk.internal.vm.annotation.ForceInline;
import jdk.internal.vm.annotation.ReservedStackAccess;

/**
 * The way out: gives a block back. Look at the block map; if a live block starts there, push it on the thread's magazine; if that is
 * full, leave half of it in the depot, or flush it to the heaps, first.
 *
 * <p>Nothing is read at an address that a caller supplied before the maps say that a block lies there.
 */
final class Free {

    private static final boolean STRICT = Options.current().large() == LargeMode.STRICT;

    private Free() {}

    /**
     * Frees the block at {@code address}. False if the address is none of ours; true if it was freed, or lies in our range and is no
     * live block: then the bad free has been dealt with.
     */
    @ForceInline
    static boolean give(long address) {
        long cache = CacheTable.mine();
        if (cache != 0) {
            long offset = address - Range.FINE_BASE;
            if (offset >= 0 && offset < PageArea.FINE.committed()) {
                long entry = BlockMap.fineEntry(offset);
                int found = BlockMap.fine(entry);
                if (BlockMap.isLiveFine(offset, found) && Magazine.putFine(cache, address, entry, found)) {
                    return true;
                }
            } else {
                offset = address - Range.COARSE_BASE;
                if (offset >= 0 && offset < PageArea.COARSE.committed()) {
                    long entry = BlockMap.coarseEntry(offset);
                    int found = BlockMap.coarse(entry);
                    if (BlockMap.isLiveCoarse(offset, found) && Magazine.putCoarse(cache, address, entry, found)) {
                        return true;
                    }
                }
            }
        }
        return giveOther(address);
    }

    private static boolean giveOther(long address) {
        StackProbe.near();
        if (!Range.contains(address)) {
            return STRICT && StrictMappings.INSTANCE.give(address);
        }
        if (RunHeap.contains(address)) {
            long cache = CacheTable.mine();
            if ((cache == 0 || !RunSlot.put(cache, address)) && !RunHeap.INSTANCE.give(address)) {
                BadCalls.report("free", address);
            }
        } else {
            giveThroughHeap(address);
        }
        return true;
    }

    private static void giveThroughHeap(long address) {
        if (!tryGiveThroughHeap(address)) {
            BadCalls.report("free", address);
        }
    }

    /** False if no live block starts at {@code address}. The block is looked up anew after each step: another thread may free it, too. */
    @ReservedStackAccess
    private static boolean tryGiveThroughHeap(long address) {
        long cache = CacheTable.enter();
        try {
            for (; ; ) {
                int live = BlockMap.live(address);
                if (live < 0) {
                    return false;
                }
                int sizeClass = live >>> 16;
                if (put(cache, address, sizeClass)) {
                    return true;
                }
                Magazine.makeRoom(cache, sizeClass);
            }
        } finally {
            CacheTable.leave(cache);
        }
    }

    private static boolean put(long cache, long address, int sizeClass) {
        if (SizeClasses.isFine(sizeClass)) {
            long entry = BlockMap.fineEntry(address - Range.FINE_BASE);
            int found = BlockMap.fine(entry);
            return BlockMap.isLiveFine(0, found) && Magazine.putFine(cache, address, entry, found);
        }
        long entry = BlockMap.coarseEntry(address - Range.COARSE_BASE);
        int found = BlockMap.coarse(entry);
        return BlockMap.isLiveCoarse(0, found) && Magazine.putCoarse(cache, address, entry, found);
    }
}
