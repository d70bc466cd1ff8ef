package zonal.allocator;

import jdk.internal.vm.annotation.ReservedStackAccess;

/**
 * Resizes live blocks of the run area in place.
 *
 * <p>Thread-safe. The run is made BUSY for as long as it changes, as one that is being freed is: another thread that frees it meanwhile, by mistake,
 * finds no live block. {@link RunHeap}'s lock guards the free runs behind it, and is not held during system calls.
 */
final class RunResize {

    private final RunHeap heap;
    private final FreeRuns free;
    private final RunPurge purge;
    private final HugeRuns huge;

    RunResize(RunHeap heap, FreeRuns free, RunPurge purge, HugeRuns huge) {
        this.heap = heap;
        this.free = free;
        this.purge = purge;
        this.huge = huge;
    }

    /**
     * Resizes a live block in place. Shrinking always succeeds and frees the end; growing does where what lies behind is free.
     * Answers false if the block must move, or isn't live.
     */
    @ReservedStackAccess
    boolean resize(long address, long bytes) {
        if (bytes > Range.LARGEST_BLOCK) {
            return false;
        }
        int pages = RunHeap.pagesFor(bytes);
        int run;
        int length;
        int newLength;
        boolean fewer;
        long most;
        heap.lock();
        try {
            run = heap.live(address);
            if (run == Run.NONE) {
                return false;
            }
            long word = Run.word(run);
            length = Run.lengthOf(word);
            boolean stays =
                    pages < length && (Run.flagsOf(word) & Run.MOVED) != 0; // a part of a moved run can't be free
            newLength = stays ? length : pages;
            if (!free.reaches(run + length, run + newLength) || !Run.endLife(run, word, Run.BUSY)) {
                return false;
            }
            if (newLength > length) {
                free.take(run + length, newLength - length);
            } else if (newLength < length) {
                cutOff(run + newLength, length - newLength);
            }
            Run.set(run, Run.BUSY, Run.flagsOf(word) & ~Run.ZEROED, newLength); // walkers see runs that tile the area
            fewer = bytes < Run.value(run);
            heap.noteLive(0, bytes - Run.value(run), newLength - length);
            most = heap.mostKept();
        } finally {
            heap.unlock();
        }
        if (RunPurge.ZERO && newLength < length) {
            purge.giveBack(run + newLength, length - newLength);
        }
        if (newLength > pages) {
            purgeUnused(run + pages, newLength - pages);
        }
        if (RunPurge.ZERO && fewer) {
            Memory.zero(address + bytes, -bytes & (SystemCalls.OS_PAGE_SIZE - 1)); // up to the end of its last OS page
        }
        Run.setValue(run, bytes);
        Run.publish(run, Run.LIVE, Run.flags(run), newLength);
        purge.keepTo(most);
        if (newLength > length) {
            huge.ask(address, bytes);
        }
        return true;
    }

    /** Makes the end of a run one of its own: a free one, or where it must first be zeroed, a BUSY one. */
    private void cutOff(int run, int length) {
        if (RunPurge.ZERO) {
            Run.set(run, Run.BUSY, 0, length);
        } else {
            free.addDirty(run, length);
        }
    }

    /** Gives back the memory of what a block that became shorter keeps of its run, behind its end. */
    private static void purgeUnused(int run, int length) {
        long from = Run.address(run);
        long bytes = (long) length << SystemCalls.OS_PAGE_SHIFT;
        if (SystemCalls.purge(from, bytes) != 0 && RunPurge.ZERO) {
            Memory.zeroBlock(from, bytes);
        }
    }
}
