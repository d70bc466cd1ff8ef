package zonal.allocator;

import jdk.internal.vm.annotation.ReservedStackAccess;

/**
 * Gives freed runs back to the system, the oldest first: those that were freed before the {@code decay}, and what is more than
 * {@code large-cache} bytes. Of the default alone more is kept as long as it is needed again and again, as much as is in use, and four times
 * {@code large-cache} at most: programs that replace long blocks have now more and now less of them, and to give the difference back and
 * fault it in again costs far more than all else that a malloc does. <i>Measured</i>: 40 blocks of 1 to 8 MiB, replaced and written to, 57 us an
 * operation with this and 1,800 with {@code large-cache} alone, at a peak of 354 MiB instead of 340.
 *
 * <p>Where it is more than that, the system is first asked how much of each long run is in memory ({@link ResidentPages}): of blocks that were
 * written to only here and there it is little, and to give them back and fault them in again would cost more than to ask.
 *
 * <p>Thread-safe, by the lock of {@link RunHeap}. It is not held during system calls, for which a run is made BUSY and taken out of all lists.
 */
final class RunPurge {

    /** Whether what was freed must read as zero: then it goes back to the system before anybody else can take it. */
    static final boolean ZERO = Options.current().zeroOnFree();

    /** Entries of the page map in one OS page of it. A power of two. */
    private static final int ENTRIES = SystemCalls.OS_PAGE_SIZE / Run.ENTRY_SIZE;

    /**
     * The page map goes back in stretches of as many entries, so far as they tell of a clean run's inside. A stretch leaves one OS page in memory, the one
     * with the held part's own entry: were it one OS page long, each would bring back the one before. And of so much, 8 MiB, nothing can be taken for the
     * moment. A power of two.
     */
    private static final int STRETCH = 16 * ENTRIES;

    /** What is kept for the moment is 2 to this power times {@code large-cache} at most. Twice as much was too little for 20 blocks of 5 to 25 MiB. */
    private static final int AT_WORK_SHIFT = 2;

    private final SpinLock lock;
    private final FreeRuns free;

    /** Whether a run was made free as several mappings: from then on any may be. */
    private boolean split = HugeRuns.ADVISE;

    /** {@code large-cache}, or 0 where nothing is to be kept. */
    private final long cacheBytes;

    /** Whether more than {@link #cacheBytes} may be kept for the moment: where they are the default's, set or not, for options that are written down say the same. */
    private final boolean mayKeepMore;

    /** @param lock guards {@code free} */
    RunPurge(SpinLock lock, FreeRuns free) {
        this.lock = lock;
        this.free = free;
        Options options = Options.current();
        cacheBytes = options.decayNanos() == 0 || ZERO ? 0 : Math.min(options.largeCache(), Range.RUNS_SIZE);
        mayKeepMore = cacheBytes == Options.DEFAULT.largeCache();
    }

    /** Whether a run that is not MOVED may be several mappings. Whoever took it did so under the lock, after what made it so. */
    boolean mayBeSplit() {
        return split;
    }

    // ---- when

    /** Most bytes to keep for the moment, while {@code inUse} OS pages of the area are not free. */
    long mostKept(long inUse) {
        long atWork = Math.min(cacheBytes << AT_WORK_SHIFT, inUse << SystemCalls.OS_PAGE_SHIFT);
        return mayKeepMore ? Math.max(cacheBytes, atWork) : cacheBytes;
    }

    /**
     * Gives back what is kept above {@code most} bytes, by default once it is an eighth of {@code large-cache} more. Blocks that the garbage collector frees
     * come back late, when their successors were taken already: a little more is free after each collection than before, and needed again soon.
     * <i>Measured</i>, the benchmark {@code collected-1m}: 200 us an operation where all above the limit goes back with each free, 140 with this.
     */
    void keepTo(long most) {
        // Read without the lock, and looked at again under it. Whoever frees a run calls this after that, so the last
        // one sees them all.
        if (free.dirtyBytes() > (mayKeepMore ? most + (cacheBytes >> 3) : most)) {
            purge(most, -1);
        }
    }

    /** Gives back what is kept above {@code large-cache}, but for what was needed since this was called last. */
    void unneeded() {
        long most;
        lock.lock();
        try {
            long unneeded = free.leastDirtyBytes() - cacheBytes;
            if (unneeded <= 0) {
                return;
            }
            most = free.dirtyBytes() - unneeded;
        } finally {
            lock.unlock();
        }
        purge(most, -1);
    }

    /** Gives back all runs that were freed at or before {@code tick}. */
    void freedBy(long tick) {
        purge(Long.MAX_VALUE, tick);
    }

    /** Gives dirty runs back, oldest first: all that were freed at or before {@code tick}, and more while over {@code most} bytes. */
    @ReservedStackAccess
    private void purge(long most, long tick) {
        for (; ; ) {
            int run;
            int length;
            long freed;
            boolean ask = false;
            lock.lock();
            try {
                run = free.freedBy(tick);
                if (run == Run.NONE && free.dirtyBytes() > most) {
                    run = free.oldestUnasked();
                    ask = run != Run.NONE;
                    run = ask ? run : free.oldestCounted();
                }
                if (run == Run.NONE) {
                    return;
                }
                freed = Run.freed(run);
                length = Run.length(run);
                if (!ask && freed > tick) {
                    length = excess(run, length, most);
                }
                free.takeFront(run, length);
                Run.set(run, Run.BUSY, 0, length);
            } finally {
                lock.unlock();
            }
            if (ask) {
                count(run, length, freed);
            } else if (!giveBack(run, length)) {
                return;
            }
        }
    }

    /** How many OS pages of a dirty run go back where more than {@code most} bytes are kept: no more than must, all of them at most. */
    private int excess(int run, int length, long most) {
        long tooMany = ((free.dirtyBytes() - most - 1) >> SystemCalls.OS_PAGE_SHIFT) + 1;
        long resident = Run.resident(run);
        return tooMany >= resident ? length : (int) (length * tooMany / resident);
    }

    /** Makes a BUSY run a dirty one again, that counts for what of it is in memory. */
    private void count(int run, int length, long freed) {
        int resident = ResidentPages.estimate(Run.address(run), length);
        lock.lock();
        try {
            free.addAsked(run, length, resident, freed);
        } finally {
            lock.unlock();
        }
    }

    // ---- how

    /** Returns a BUSY run's memory to the system and makes it a clean free run. False if the system refuses: then it is a dirty one. */
    @ReservedStackAccess
    boolean giveBack(int run, int length) {
        long address = Run.address(run);
        long bytes = (long) length << SystemCalls.OS_PAGE_SHIFT;
        // A moved run, and one that may be several mappings, is mapped anew, with the range's advice: then it becomes
        // one with its neighbours again.
        boolean anew = split || (Run.flags(run) & Run.MOVED) != 0;
        boolean purged = anew ? SystemCalls.mapOver(address, bytes) > 0 : SystemCalls.purge(address, bytes) == 0;
        if (anew && purged) {
            SystemCalls.noHugePages(address, bytes); // refused where the system knows none
            SystemCalls.purge(address, bytes); // in memory again where the application locks all that will be mapped
        }
        if (ZERO && !purged) {
            Memory.zeroBlock(address, bytes);
        }
        int held = Run.NONE;
        int heldLength = 0;
        lock.lock();
        try {
            if (purged) {
                held = holdInside(free.addClean(run, length), run, length);
                heldLength = held == Run.NONE ? 0 : Run.length(held);
            } else {
                free.addDirty(run, length);
                split |= anew; // a free run keeps no flag that says so, and may become one with others
            }
        } finally {
            lock.unlock();
        }
        if (held != Run.NONE) {
            purgeMap(held, heldLength);
        }
        return purged;
    }

    /**
     * Makes a part of the clean run at {@code start} BUSY: of the page map's OS pages in the stretches that tell of the OS pages in question, those that
     * tell of nothing but the run's inside, behind the part's own entry. Nobody reads them or writes there until the part is free again.
     * Answers the part, or {@link Run#NONE}.
     */
    private int holdInside(int start, int run, int length) {
        int end = start + Run.length(start);
        int first = Math.max(run & -STRETCH, (start + ENTRIES) & -ENTRIES);
        int last = Math.min((run + length + STRETCH - 1) & -STRETCH, (end - 1) & -ENTRIES);
        if (first >= last) {
            return Run.NONE;
        }
        free.unlink(start, Run.CLEAN, end - start);
        int part = first - 1;
        if (part > start) {
            free.linkClean(start, part - start);
        }
        free.linkClean(last, end - last);
        Run.set(part, Run.BUSY, 0, last - part);
        return part;
    }

    /** Gives back the page map's OS pages behind the first entry of a part that {@link #holdInside} answered, and frees the part. */
    @ReservedStackAccess
    private void purgeMap(int part, int length) {
        SystemCalls.purge(Range.RUN_MAP + (part + 1L) * Run.ENTRY_SIZE, (length - 1L) * Run.ENTRY_SIZE);
        lock.lock();
        try {
            free.addClean(part, length);
        } finally {
            lock.unlock();
        }
    }
}
