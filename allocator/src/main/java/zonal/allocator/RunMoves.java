package zonal.allocator;

/**
 * Moves a block that grows from one run to another, by moving its OS pages instead of copying bytes.
 *
 * <p>Called by the owner of both blocks alone, who has {@linkplain RunHeap#claim claimed} the old one. How many runs were moved is read without
 * the lock: it may be one too many.
 */
final class RunMoves {

    /**
     * Below this, bytes are copied, and above it OS pages are moved. To move them is faster, once; but a run that they were moved to must be
     * mapped anew when it is freed, and the next block there faults in page after page, while one that was copied to is kept in
     * memory. <i>Measured</i>, buffers that grow to 8 MiB and are freed, over and over: 0.3 ms a buffer copied, 6 ms moved from 128 KiB on.
     */
    static final long LEAST = 8 << 20;

    /** Each moved run is two mappings more, or a few where it has moved again and again; beyond this many, bytes are copied. */
    private static final int MOST = 1_000;

    private RunMoves() {}

    /**
     * Whether a run's OS pages may be moved. Not where it would be too many mappings; nor what may be several mappings of which nobody keeps account,
     * as blocks with huge pages are: before Linux 6.17 the system unmaps the target before it notices.
     */
    static boolean mayMove(int run) {
        int parts = parts(run);
        return !RunHeap.INSTANCE.mayBeSplit()
                && parts < Run.MOST_PARTS
                && (RunHeap.INSTANCE.movedRuns() < MOST || parts > 0);
    }

    /** Mappings that a run has become by moves, or 0. */
    private static int parts(int run) {
        return (Run.flags(run) & Run.MOVED) != 0 ? Run.parts(run) : 0;
    }

    /**
     * Moves the first {@code bytes} of one live block, which {@linkplain #mayMove may move}, to another, runs both. What has moved before is several
     * mappings, which the system moves one by one; a part that it doesn't move is copied. What was moved reads as zero in the old block.
     *
     * <p>Answers false where the system has taken what was mapped at the new block and maps nothing there again, and then that block is nobody's for good;
     * or where another thread has freed it by mistake. The old block is as it was.
     */
    static boolean move(long from, long to, long bytes) {
        int source = RunHeap.index(from);
        int target = RunHeap.index(to);
        if (!RunHeap.INSTANCE.holdForMove(target)) {
            return false;
        }
        int parts = parts(source);
        int pages = RunHeap.pagesFor(bytes);
        boolean moved = false;
        int part = 0;
        for (int done = 0; done < pages; part++) {
            int end = part < parts ? Math.min(pages, Run.partEnd(source, part)) : pages;
            long old = Run.address(source + done);
            long now = Run.address(target + done);
            long length = (long) (end - done) << SystemCalls.OS_PAGE_SHIFT;
            if (SystemCalls.movePages(old, now, length) > 0) {
                moved = true;
            } else if (mapAgain(now, length)) {
                Memory.copyBlock(old, now, length);
            } else {
                Memory.copyBlock(to, from, now - to);
                RunHeap.INSTANCE.giveUp(target);
                return false;
            }
            Run.setPartEnd(target, part, end);
            done = end;
        }
        if (moved) {
            RunHeap.INSTANCE.noteMoved(target, part);
        } else {
            Run.revive(target);
        }
        return true;
    }

    /** Where it lacked memory, the system may have unmapped the target of a move before it noticed. */
    private static boolean mapAgain(long address, long bytes) {
        if (SystemCalls.mapOver(address, bytes) <= 0) {
            return false;
        }
        SystemCalls.noHugePages(address, bytes);
        return true;
    }
}
