package zonal.allocator;

import jdk.internal.vm.annotation.DontInline;
import jdk.internal.vm.annotation.ReservedStackAccess;

/**
 * LARGE blocks above 32 KiB: page-granular runs of the run area, one for each block, best fit, free neighbours coalesced.
 *
 * <p>A block of n bytes costs n bytes rounded up to whole OS pages; its metadata is in the page map ({@link Run}), and
 * what is free of the area in {@link FreeRuns}.
 *
 * <p>Freed runs stay resident for a while ({@link RunPurge}). Where none is long enough for a request, though much of the area is free, a block
 * takes a dirty run and its clean neighbours together, before the area grows. (gperftools' page heap gives all dirty runs back in this case, so
 * that they coalesce with clean ones; but then what goes back is faulted in again.)
 *
 * <p>Thread-safe. One lock guards everything, but for the word of a live run ({@link RunSlot}); it is not held during system calls, for which a run
 * is made BUSY and taken out of all lists.
 */
final class RunHeap {

    static final RunHeap INSTANCE = new RunHeap();

    /** Where no free run is long enough and more than this part of the area is free, several are looked for that lie side by side, before the area grows. */
    private static final int FREE_SHIFT = 2;

    private final SpinLock lock = new SpinLock();
    private final FreeRuns free = new FreeRuns();
    private final RunArea area = new RunArea(lock, free);
    private final RunPurge purge = new RunPurge(lock, free);
    private final HugeRuns huge = new HugeRuns(lock);
    private final RunResize resize = new RunResize(this, free, purge, huge);

    private long liveBlocks;
    private long liveRequested;
    private long livePages;
    private long taken;
    private int movedRuns;

    private RunHeap() {}

    static boolean contains(long address) {
        long offset = address - Range.RUNS_BASE;
        return offset >= 0 && offset < Range.RUNS_SIZE;
    }

    /** OS pages that {@code bytes} need. */
    static int pagesFor(long bytes) {
        return (int) ((bytes + SystemCalls.OS_PAGE_SIZE - 1) >>> SystemCalls.OS_PAGE_SHIFT);
    }

    // ---- take

    /** Takes a block of {@code bytes}, {@link Range#LARGEST_BLOCK} at most; 0 when there is no memory. */
    @DontInline
    @ReservedStackAccess
    long take(long bytes) {
        long block = takeAny(bytes);
        if (block != 0) {
            huge.ask(block, bytes);
        }
        return block;
    }

    private long takeAny(long bytes) {
        int pages = pagesFor(bytes);
        int seen = 0;
        for (boolean mayGrow = true; ; mayGrow = area.grow(pages, seen)) {
            lock.lock();
            try {
                seen = area.committed();
                int run = find(pages, !mayGrow);
                if (run == Run.NONE && !mayGrow) {
                    run = free.findBehindFirst(pages);
                }
                if (run != Run.NONE) {
                    return makeLive(run, pages, bytes);
                }
            } finally {
                lock.unlock();
            }
            if (!mayGrow) {
                return 0;
            }
        }
    }

    /**
     * As {@link #take}, for a block that had to move because it grew: with free memory of its own length behind it, if that can be
     * had, since a block that grew once will often grow again, and then it can do so in place.
     *
     * @param onlyClean for OS pages that will move there, and take the place of what is there
     */
    @ReservedStackAccess
    long takeWithRoom(long bytes, boolean onlyClean) {
        if (bytes > Range.RUNS_SIZE >> 1) {
            return take(bytes);
        }
        int pages = pagesFor(bytes);
        for (int attempt = 0; attempt < 2; attempt++) {
            long block = 0;
            int seen;
            lock.lock();
            try {
                seen = area.committed();
                int run = onlyClean ? free.findClean(pages << 1) : find(pages << 1, false);
                if (run != Run.NONE) {
                    block = makeLive(run, pages, bytes);
                }
            } finally {
                lock.unlock();
            }
            if (block != 0) {
                huge.ask(block, bytes);
                return block;
            }
            if (!area.grow(pages << 1, seen)) {
                break;
            }
        }
        return take(bytes);
    }

    /** Where {@code pages} are free, in one run, or in several where much is free or {@code severalAnyhow}; else {@link Run#NONE}. The caller holds the lock. */
    private int find(int pages, boolean severalAnyhow) {
        int run = free.find(pages);
        boolean several = severalAnyhow || free.pages() > area.committed() >> FREE_SHIFT;
        return run == Run.NONE && several ? free.findSideBySide(pages) : run;
    }

    private long makeLive(int run, int pages, long bytes) {
        int flags = Run.kind(run) == Run.CLEAN && Run.length(run) >= pages ? Run.ZEROED : 0;
        free.take(run, pages);
        Run.setValue(run, bytes);
        Run.publish(run, Run.LIVE, flags, pages);
        noteLive(1, bytes, pages);
        taken++;
        return Run.address(run);
    }

    /** Counts blocks, requested bytes and OS pages, or what has become less of them. The caller holds the lock. */
    void noteLive(int blocks, long bytes, long pages) {
        liveBlocks += blocks;
        liveRequested += bytes;
        livePages += pages;
    }

    /**
     * Whether the live block that starts at {@code address} was taken from memory that reads as zero, and this was not asked before:
     * its owner asks once, before writing to it.
     */
    boolean takeZeroed(long address) {
        int run = live(address);
        return run != Run.NONE && Run.setFlag(run, Run.ZEROED, false);
    }

    /** Marks the block that starts at {@code address}, which the caller has just taken, as sampled. False if another thread has freed it by mistake. */
    boolean setSampled(long address) {
        return Run.setFlag(index(address), Run.SAMPLED, true);
    }

    /** As {@link Sampler#shrunk}, of the live block that starts at {@code address}, if it is sampled. */
    void shrinkSample(long address, long bytes) {
        if (isSampled(address) && !Sampler.shrunk(address, bytes)) {
            Run.setFlag(index(address), Run.SAMPLED, false);
        }
    }

    /** Whether the live block that starts at {@code address} is sampled. */
    boolean isSampled(long address) {
        int run = live(address);
        return run != Run.NONE && (Run.flags(run) & Run.SAMPLED) != 0;
    }

    /** The run area's OS page at {@code address}. */
    static int index(long address) {
        return (int) ((address - Range.RUNS_BASE) >>> SystemCalls.OS_PAGE_SHIFT);
    }

    // ---- look up

    /**
     * The run of the live block that starts at {@code address}, or {@link Run#NONE}. What it answers stays true as long as the block's
     * owner wants it; of an address that may be anything it is what was seen, and who needs more {@linkplain #claim claims} the run.
     */
    int live(long address) {
        if ((address & (SystemCalls.OS_PAGE_SIZE - 1)) != 0) {
            return Run.NONE;
        }
        int run = index(address);
        return run < area.committed() && Run.kind(run) == Run.LIVE ? run : Run.NONE;
    }

    /** Usable bytes of the caller's live block at {@code address}, or 0 if there is none. */
    long usableSize(long address) {
        int run = live(address);
        return run == Run.NONE ? 0 : (long) Run.length(run) << SystemCalls.OS_PAGE_SHIFT;
    }

    /** Requested bytes of the caller's live block at {@code address}, or 0 if there is none. */
    long requestedSize(long address) {
        int run = live(address);
        return run == Run.NONE ? 0 : Run.value(run);
    }

    // ---- give

    /** Frees the live block that starts at {@code address}; false if there is none. */
    @DontInline
    @ReservedStackAccess
    boolean give(long address) {
        int run = claim(address);
        if (run == Run.NONE) {
            return false;
        }
        giveClaimed(run);
        return true;
    }

    /**
     * Ends the life of the live block that starts at {@code address}: from now on it is the caller's alone, who gives it back by {@link #giveClaimed}, or
     * {@linkplain Run#revive revives} it. Answers its run, or {@link Run#NONE} if there is none.
     */
    int claim(long address) {
        int run = live(address);
        return run != Run.NONE && Run.endLife(run, Run.BUSY) ? run : Run.NONE;
    }

    /** Frees a run that was {@link #claim}ed. */
    @ReservedStackAccess
    void giveClaimed(int run) {
        int flags = Run.flags(run);
        int length = Run.length(run);
        if ((flags & Run.SAMPLED) != 0) {
            Sampler.freed(Run.address(run));
        }
        boolean moved = (flags & Run.MOVED) != 0;
        boolean back;
        long most;
        lock.lock();
        try {
            noteLive(-1, -Run.value(run), -length);
            movedRuns -= moved ? 1 : 0;
            huge.noteFreed(flags);
            most = mostKept(length);
            back = moved || (long) length << SystemCalls.OS_PAGE_SHIFT > most;
            if (!back) {
                free.addDirty(run, length);
            }
        } finally {
            lock.unlock();
        }
        if (back) {
            purge.giveBack(run, length);
        }
        purge.keepTo(most);
    }

    /**
     * Takes back a run from a thread's cache, where it has been since the tick {@code freed}, or longer. Where that isn't a decay ago, the run waits
     * one from now on: they are kept in the order in which they came.
     */
    @DontInline
    @ReservedStackAccess
    void giveCached(long address, long freed) {
        int run = index(address);
        if (Housekeeper.isDue(freed)) {
            int length = Run.length(run);
            Run.set(run, Run.BUSY, 0, length);
            purge.giveBack(run, length);
            return;
        }
        long most;
        lock.lock();
        try {
            free.addDirty(run, Run.length(run));
            most = mostKept();
        } finally {
            lock.unlock();
        }
        purge.keepTo(most);
    }

    /** Most bytes of freed runs to keep for the moment. The caller holds the lock. */
    long mostKept() {
        return mostKept(0);
    }

    /** As {@link #mostKept()}, once {@code freed} OS pages are free that aren't yet. */
    private long mostKept(int freed) {
        // Not free are those of live blocks, those that threads keep, and those that a system call works on.
        return purge.mostKept(area.committed() - free.pages() - freed);
    }

    /** Gives back what is kept above {@code large-cache}, but for what was needed since this was called last. */
    void purgeUnneeded() {
        purge.unneeded();
    }

    /** Gives back all runs that were freed at or before {@code tick}. */
    void purge(long tick) {
        purge.freedBy(tick);
    }

    /** From now on no free run is known to take no memory. */
    @ReservedStackAccess
    void distrustClean() {
        lock.lock();
        try {
            free.distrustClean();
        } finally {
            lock.unlock();
        }
    }

    // ---- resize and move

    /** As {@link RunResize#resize}. */
    @ReservedStackAccess
    boolean resize(long address, long bytes) {
        return resize.resize(address, bytes);
    }

    /**
     * Has nobody look at a live run that OS pages are about to be moved to: where the system refuses, what was mapped there may be gone for a moment. The lock
     * is for {@link #copyStart}, which has ended then. The caller {@linkplain Run#revive revives} it, or calls {@link #noteMoved} or {@link #giveUp}. False
     * if another thread has freed it by mistake.
     */
    boolean holdForMove(int run) {
        lock.lock();
        try {
            boolean held = Run.endLife(run, Run.BUSY);
            if (held) {
                Run.set(run, Run.BUSY, Run.flags(run) & ~Run.ZEROED, Run.length(run)); // it is about to be written to
            }
            return held;
        } finally {
            lock.unlock();
        }
    }

    /** A run that was held for a move is mapped no more: it stays BUSY for good, and is no block's. */
    void giveUp(int run) {
        if ((Run.flags(run) & Run.SAMPLED) != 0) {
            Sampler.freed(Run.address(run));
        }
        lock.lock();
        try {
            noteLive(-1, -Run.value(run), -Run.length(run));
        } finally {
            lock.unlock();
        }
    }

    /** Notes that OS pages were moved to a run, which has so many parts now, whose ends are noted. It is live again. */
    void noteMoved(int run, int parts) {
        lock.lock();
        try {
            Run.setParts(run, parts);
            Run.publish(run, Run.LIVE, Run.flags(run) | Run.MOVED, Run.length(run));
            movedRuns++;
        } finally {
            lock.unlock();
        }
    }

    /** Whether a run that is not MOVED may be several mappings all the same. */
    boolean mayBeSplit() {
        return purge.mayBeSplit();
    }

    // ---- for readers

    void lock() {
        lock.lock();
    }

    void unlock() {
        lock.unlock();
    }

    /** Copies the first bytes of the live block that starts at {@code address}; false if there is none. Under the lock it stays what it is. */
    boolean copyStart(long address, byte[] to, int length) {
        lock.lock();
        try {
            boolean lives = live(address) != Run.NONE;
            if (lives) {
                Memory.copy(address, to, length);
            }
            return lives;
        } finally {
            lock.unlock();
        }
    }

    /** OS pages of the area that were ever made accessible. */
    int committedPages() {
        return area.committed();
    }

    long liveBlocks() {
        return liveBlocks;
    }

    long liveRequested() {
        return liveRequested;
    }

    /** OS pages of all live runs. */
    long livePages() {
        return livePages;
    }

    /** Bytes of freed runs that may still be resident. */
    long dirtyBytes() {
        return free.dirtyBytes();
    }

    /** Live runs that OS pages were moved to. */
    int movedRuns() {
        return movedRuns;
    }

    /** Blocks ever taken. */
    long taken() {
        return taken;
    }
}
