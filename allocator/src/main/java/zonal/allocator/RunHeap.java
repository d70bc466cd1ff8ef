package zonal.allocator;

import jdk.internal.vm.annotation.ReservedStackAccess;

/**
 * LARGE blocks above 32 KiB: page-granular runs of the run area, one for each block, best fit, free neighbours coalesced.
 *
 * <p>A block of n bytes costs n bytes rounded up to whole OS pages; its metadata is in the page map ({@link Run}). Free runs are
 * binned by length, 8 bins to a doubling, clean and dirty ones apart; a dirty run is taken before a clean one of its size, since it is resident
 * already. Only runs of the same kind are coalesced, so that a run is known to read as zero, or is not, as a whole.
 *
 * <p>Freed runs stay resident up to {@code large-cache} bytes and for {@code decay}; the oldest goes back first. Where that is more, the
 * system is first asked how much of the long ones is in memory: blocks that were written to only here and there count for little, and to
 * give them back and fault them in again would cost more than to ask. Where no run is long enough for a request, though much of the area is
 * free, all dirty ones go back, so that they coalesce with clean neighbours, before the area grows (after gperftools' page heap).
 *
 * <p>Thread-safe. One lock guards everything; it is not held during system calls, for which a run is made BUSY and taken out of all lists.
 */
final class RunHeap {

    static final RunHeap INSTANCE = new RunHeap();

    /** Bytes made accessible at a time, in the beginning: strict overcommit charges them, used or not. */
    private static final long FIRST_STEP = 1L << 20;

    private static final long LARGEST_STEP = 64L << 20;

    /**
     * Below this, bytes are copied, and above it OS pages are moved. To move them is faster, once; but a run that they were moved to must be
     * mapped anew when it is freed, and the next block there faults in page after page, while one that was copied to is kept in
     * memory. <i>Measured</i>, buffers that grow to 8 MiB and are freed, over and over: 0.3 ms a buffer copied, 6 ms moved from 128 KiB on.
     */
    static final long LEAST_MOVED = 8 << 20;

    /**
     * Each moved run is two mappings more, or a few where it has moved again and again; beyond this many, bytes are copied. The same goes for
     * runs with huge pages.
     */
    private static final int MOST_MOVED = 1_000;

    private static final int MOST_HUGE = 1_000;

    /** Whether what was freed must read as zero: then it goes back to the system before anybody else can take it. */
    private static final boolean ZERO = Options.current().zeroOnFree();

    private static final boolean HUGE_PAGES = Options.current().hugePages() == HugePages.ADVISE;
    private static final long HUGE_PAGE = 2L << 20;

    /** Below this, runs are not worth asking how much of them is in memory, OS pages. */
    private static final int LEAST_LOOKED_AT = (1 << 20) >> SystemCalls.OS_PAGE_SHIFT;

    /** Where no free run is long enough and more than this part of the area is free, dirty runs are given back before the area grows. */
    private static final int FREE_SHIFT = 2;

    /** Entries of the page map in one OS page of it. A power of two. */
    private static final int ENTRIES = SystemCalls.OS_PAGE_SIZE / Run.ENTRY_SIZE;

    private final SpinLock lock = new SpinLock();
    private final SpinLock growLock = new SpinLock();
    private final RunBins clean = new RunBins();
    private final RunBins dirty = new RunBins();
    private final DirtyRuns ages = new DirtyRuns();

    /** OS pages of the area that are accessible, and whose page map is. Only grows; see {@link PageArea#committed()} for racy reads. */
    private int committed;

    private long liveBlocks;
    private long liveRequested;
    private long livePages;
    private long taken;
    private int movedRuns;
    private int hugeRuns;
    private final long cacheBytes;

    private RunHeap() {
        Options options = Options.current();
        cacheBytes = options.decayNanos() == 0 || options.zeroOnFree() ? 0 : options.largeCache();
    }

    static boolean contains(long address) {
        long offset = address - Range.RUNS_BASE;
        return offset >= 0 && offset < Range.RUNS_SIZE;
    }

    /** OS pages that {@code bytes} need. */
    static int pagesFor(long bytes) {
        return (int) ((bytes + SystemCalls.OS_PAGE_SIZE - 1) >>> SystemCalls.OS_PAGE_SHIFT);
    }

    // ---- take

    /** Takes a block of {@code bytes}; 0 when there is no memory. */
    @ReservedStackAccess
    long take(long bytes) {
        long block = takeAny(bytes);
        if (HUGE_PAGES && bytes >= HUGE_PAGE && block != 0) {
            askForHugePages(block);
        }
        return block;
    }

    /** Asks for huge pages for the whole ones in a block that the caller has just taken. */
    private void askForHugePages(long block) {
        lock.lock();
        try {
            if (hugeRuns >= MOST_HUGE) {
                return;
            }
            hugeRuns++;
            int run = index(block);
            Run.set(run, Run.LIVE, Run.flags(run) | Run.HUGE, Run.length(run));
        } finally {
            lock.unlock();
        }
        long first = (block + HUGE_PAGE - 1) & -HUGE_PAGE;
        long end = (block + ((long) Run.length(index(block)) << SystemCalls.OS_PAGE_SHIFT)) & -HUGE_PAGE;
        if (first < end) {
            SystemCalls.hugePages(first, end - first);
        }
    }

    private long takeAny(long bytes) {
        if (bytes > Range.RUNS_SIZE) {
            return 0;
        }
        int pages = pagesFor(bytes);
        boolean mayPurge = true;
        for (; ; ) {
            boolean purge;
            lock.lock();
            try {
                int run = dirty.find(pages);
                if (run == Run.NONE) {
                    run = clean.find(pages);
                }
                if (run != Run.NONE) {
                    return makeLive(run, pages, bytes);
                }
                purge = mayPurge && committed - livePages > committed >> FREE_SHIFT;
            } finally {
                lock.unlock();
            }
            if (purge) {
                mayPurge = false;
                purge(Long.MAX_VALUE, Long.MAX_VALUE);
            } else if (!grow(pages)) {
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
        if (bytes <= Range.RUNS_SIZE >> 1) {
            int pages = pagesFor(bytes);
            for (int attempt = 0; attempt < 2; attempt++) {
                lock.lock();
                try {
                    int run = onlyClean ? Run.NONE : dirty.find(pages << 1);
                    if (run == Run.NONE) {
                        run = clean.find(pages << 1);
                    }
                    if (run != Run.NONE) {
                        return makeLive(run, pages, bytes); // not for huge pages: those that move here come with them
                    }
                } finally {
                    lock.unlock();
                }
                if (!grow(pages << 1)) {
                    break;
                }
            }
        }
        return take(bytes);
    }

    private long makeLive(int run, int pages, long bytes) {
        int kind = Run.kind(run);
        int length = Run.length(run);
        unlink(run, kind, length);
        long freed = Run.value(run);
        int sixteenths = Run.sixteenths(run);
        Run.set(run, Run.LIVE, kind == Run.CLEAN ? Run.ZEROED : 0, pages);
        Run.setValue(run, bytes);
        if (length > pages) {
            link(run + pages, kind, sixteenths, length - pages, freed);
        }
        noteLive(1, bytes, pages);
        taken++;
        return Run.address(run);
    }

    private void noteLive(int blocks, long bytes, long pages) {
        liveBlocks += blocks;
        liveRequested += bytes;
        livePages += pages;
    }

    /**
     * Whether the live block that starts at {@code address} was taken from memory that reads as zero, and this was not asked before:
     * its owner asks once, before writing to it.
     */
    boolean takeZeroed(long address) {
        lock.lock();
        try {
            int run = live(address);
            if (run == Run.NONE || (Run.flags(run) & Run.ZEROED) == 0) {
                return false;
            }
            Run.set(run, Run.LIVE, Run.flags(run) & ~Run.ZEROED, Run.length(run));
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Marks the block that starts at {@code address}, which the caller has just taken, as sampled. */
    void setSampled(long address) {
        lock.lock();
        try {
            int run = index(address);
            Run.set(run, Run.LIVE, Run.flags(run) | Run.SAMPLED, Run.length(run));
        } finally {
            lock.unlock();
        }
    }

    /** Whether the live block that starts at {@code address} is sampled; from now on it no longer is. */
    boolean endSampled(long address) {
        int run = live(address);
        return run != Run.NONE && Run.endFlag(run, Run.SAMPLED);
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
     * owner wants it, or, of an address that may be anything, as long as the lock is held.
     */
    int live(long address) {
        if ((address & (SystemCalls.OS_PAGE_SIZE - 1)) != 0) {
            return Run.NONE;
        }
        int run = index(address);
        return run < committed && Run.kind(run) == Run.LIVE ? run : Run.NONE;
    }

    /** Usable bytes of the live block at {@code address}, or 0 if there is none. */
    long usableSize(long address) {
        lock.lock();
        try {
            int run = live(address);
            return run == Run.NONE ? 0 : (long) Run.length(run) << SystemCalls.OS_PAGE_SHIFT;
        } finally {
            lock.unlock();
        }
    }

    /** Requested bytes of the live block at {@code address}, or 0 if there is none. */
    long requestedSize(long address) {
        lock.lock();
        try {
            int run = live(address);
            return run == Run.NONE ? 0 : Run.value(run);
        } finally {
            lock.unlock();
        }
    }

    // ---- give

    /** Frees the live block that starts at {@code address}; false if there is none. */
    @ReservedStackAccess
    boolean give(long address) {
        int run;
        int length;
        boolean back;
        lock.lock();
        try {
            run = live(address);
            if (run == Run.NONE || !Run.endLife(run, Run.BUSY)) {
                return false;
            }
            length = Run.length(run);
            noteLive(-1, -Run.value(run), -length);
            boolean moved = (Run.flags(run) & Run.MOVED) != 0;
            movedRuns -= moved ? 1 : 0;
            hugeRuns -= (Run.flags(run) & Run.HUGE) != 0 ? 1 : 0;
            back = moved || (long) length << SystemCalls.OS_PAGE_SHIFT > cacheBytes;
            if (!back) {
                addFree(run, length, Run.DIRTY, Run.WHOLE, Housekeeper.now());
            }
        } finally {
            lock.unlock();
        }
        if (back) {
            giveBack(run, length);
        }
        purge(cacheBytes, -1);
        return true;
    }

    /** Takes back a run from a thread's cache. */
    @ReservedStackAccess
    void giveCached(long address) {
        int run = index(address);
        lock.lock();
        try {
            addFree(run, Run.length(run), Run.DIRTY, Run.WHOLE, Housekeeper.now());
        } finally {
            lock.unlock();
        }
        purge(cacheBytes, -1);
    }

    /** Returns a BUSY run's memory to the system and makes it a clean free run. False if the system refuses: then it is a dirty one. */
    @ReservedStackAccess
    private boolean giveBack(int run, int length) {
        long address = Run.address(run);
        long bytes = (long) length << SystemCalls.OS_PAGE_SHIFT;
        // A moved run, and one that blocks with huge pages may have lain in, is mapped anew, with the range's advice:
        // then it becomes one
        // mapping with its neighbours again.
        boolean anew = HUGE_PAGES || (Run.flags(run) & Run.MOVED) != 0;
        boolean purged = anew
                ? SystemCalls.mapOver(address, bytes) > 0 && SystemCalls.noHugePages(address, bytes) == 0
                : SystemCalls.purge(address, bytes) == 0;
        if (ZERO && !purged) {
            Memory.zero(address, bytes);
        }
        int held;
        int heldLength;
        lock.lock();
        try {
            int start = addFree(run, length, purged ? Run.CLEAN : Run.DIRTY, Run.WHOLE, Housekeeper.now());
            held = purged ? holdInside(start, run, length) : Run.NONE;
            heldLength = held == Run.NONE ? 0 : Run.length(held);
        } finally {
            lock.unlock();
        }
        if (held != Run.NONE) {
            purgeMap(held, heldLength);
        }
        return purged;
    }

    /**
     * Makes a part of the clean run at {@code start} BUSY: of the page map's OS pages that tell of the OS pages in question, those that
     * tell of nothing but the run's inside, behind the part's own entry. Nobody reads them or writes there until the part is free again.
     * Answers the part, or {@link Run#NONE}.
     */
    private int holdInside(int start, int run, int length) {
        int end = start + Run.length(start);
        int first = Math.max(run & -ENTRIES, (start + ENTRIES) & -ENTRIES);
        int last = Math.min((run + length + ENTRIES - 1) & -ENTRIES, (end - 1) & -ENTRIES);
        if (first >= last) {
            return Run.NONE;
        }
        unlink(start, Run.CLEAN, end - start);
        int part = first - 1;
        if (part > start) {
            link(start, Run.CLEAN, Run.WHOLE, part - start, 0);
        }
        link(last, Run.CLEAN, Run.WHOLE, end - last, 0);
        Run.set(part, Run.BUSY, 0, last - part);
        return part;
    }

    /** Gives back the page map's OS pages behind the first entry of a part that {@link #holdInside} answered, and frees the part. */
    @ReservedStackAccess
    private void purgeMap(int part, int length) {
        SystemCalls.purge(Range.RUN_MAP + (part + 1L) * Run.ENTRY_SIZE, (length - 1L) * Run.ENTRY_SIZE);
        lock.lock();
        try {
            addFree(part, length, Run.CLEAN, Run.WHOLE, 0);
        } finally {
            lock.unlock();
        }
    }

    /** Gives dirty runs back, oldest first: all that were freed at or before {@code tick}, and more while over {@code most} bytes. */
    @ReservedStackAccess
    void purge(long most, long tick) {
        for (; ; ) {
            int run;
            int length;
            long freed;
            boolean look;
            lock.lock();
            try {
                run = ages.oldest();
                if (run == Run.NONE) {
                    return;
                }
                boolean due = Run.value(run) <= tick;
                if (!due && ages.bytes() <= most) {
                    return;
                }
                int unknown = due ? Run.NONE : ages.oldestUnknown(LEAST_LOOKED_AT);
                look = unknown != Run.NONE;
                run = look ? unknown : run;
                freed = Run.value(run);
                length = Run.length(run);
                unlink(run, Run.DIRTY, length);
                Run.set(run, Run.BUSY, 0, length);
            } finally {
                lock.unlock();
            }
            if (!(look && keepWhatIsInMemory(run, length, freed)) && !giveBack(run, length)) {
                return;
            }
        }
    }

    /** Makes a BUSY run a dirty one again, that counts for what of it is in memory; false, and nothing is done, if that is all of it. */
    private boolean keepWhatIsInMemory(int run, int length, long freed) {
        int sixteenths = ResidentPages.sixteenths(Run.address(run), length);
        if (sixteenths == Run.WHOLE) {
            return false;
        }
        lock.lock();
        try {
            addFree(run, length, Run.DIRTY, sixteenths, freed);
        } finally {
            lock.unlock();
        }
        return true;
    }

    /**
     * Adds a free run, of which so many sixteenths may be in memory, to its bin, coalesced with free neighbours of the same kind. Answers
     * where the whole starts.
     */
    private int addFree(int run, int length, int kind, int sixteenths, long freed) {
        int behind = run + length;
        if (behind < committed && Run.kind(behind) == kind) {
            int more = Run.length(behind);
            sixteenths = together(sixteenths, length, Run.sixteenths(behind), more);
            unlink(behind, kind, more);
            Run.clear(behind);
            length += more;
        }
        if (run > 0) {
            int end = run - 1;
            int endKind = Run.kind(end);
            boolean single = endKind == kind && Run.length(end) == 1;
            if (single || endKind == (kind == Run.CLEAN ? Run.CLEAN_END : Run.DIRTY_END)) {
                int more = Run.length(end);
                int before = run - more;
                sixteenths = together(sixteenths, length, Run.sixteenths(before), more);
                unlink(before, kind, more);
                Run.clear(run);
                run = before;
                length += more;
            }
        }
        link(run, kind, sixteenths, length, freed);
        return run;
    }

    private static int together(int sixteenths, long length, int others, long more) {
        if (sixteenths == Run.WHOLE || others == Run.WHOLE) {
            return Run.WHOLE; // to be asked, when it matters
        }
        return (int) ((sixteenths * length + others * more + length + more - 1) / (length + more));
    }

    // ---- resize

    /**
     * Resizes a live block in place. Shrinking always succeeds and frees the end; growing does where the run behind is free.
     * Answers false if the block must move, or isn't live.
     */
    @ReservedStackAccess
    boolean resize(long address, long bytes) {
        if (bytes > Range.RUNS_SIZE) {
            return false;
        }
        int pages = pagesFor(bytes);
        int shrunk = 0;
        int unused = 0;
        boolean fewer;
        lock.lock();
        try {
            int run = live(address);
            if (run == Run.NONE) {
                return false;
            }
            int length = Run.length(run);
            int flags = Run.flags(run);
            if (pages > length) {
                int behind = run + length;
                int kind = behind < committed ? Run.kind(behind) : Run.NOTHING;
                boolean free = kind == Run.CLEAN || kind == Run.DIRTY;
                if (!free || length + Run.length(behind) < pages) {
                    return false;
                }
                int more = Run.length(behind);
                long freed = Run.value(behind);
                int sixteenths = Run.sixteenths(behind);
                unlink(behind, kind, more);
                Run.clear(behind);
                if (length + more > pages) {
                    link(run + pages, kind, sixteenths, length + more - pages, freed);
                }
                Run.set(run, Run.LIVE, flags & ~Run.ZEROED, pages);
            } else if (pages < length && (flags & Run.MOVED) == 0) {
                Run.set(run, Run.LIVE, flags & ~Run.ZEROED, pages);
                shrunk = length - pages;
                if (ZERO) {
                    Run.set(run + pages, Run.BUSY, 0, shrunk);
                } else {
                    addFree(run + pages, shrunk, Run.DIRTY, Run.WHOLE, Housekeeper.now());
                }
            } else {
                unused = length - pages; // it stays whole: a part of a moved run can't be free
                pages = length;
            }
            fewer = bytes < Run.value(run);
            noteLive(0, bytes - Run.value(run), pages - length);
            Run.setValue(run, bytes);
        } finally {
            lock.unlock();
        }
        if (ZERO && shrunk > 0) {
            giveBack(index(address) + pages, shrunk);
        } else if (shrunk > 0) {
            purge(cacheBytes, -1);
        } else if (unused > 0) {
            long from = address + ((long) (pages - unused) << SystemCalls.OS_PAGE_SHIFT);
            long bytesUnused = (long) unused << SystemCalls.OS_PAGE_SHIFT;
            if (SystemCalls.purge(from, bytesUnused) != 0 && ZERO) {
                Memory.zero(from, bytesUnused);
            }
        }
        if (ZERO && fewer) {
            Memory.zero(address + bytes, -bytes & (SystemCalls.OS_PAGE_SIZE - 1)); // up to the end of its last OS page
        }
        return true;
    }

    /**
     * Moves the contents of a live block to another, of runs both, by moving the OS pages instead of copying bytes. What has moved before is
     * several mappings, which the system moves one by one.
     *
     * <p>Answers false where the system can't, or it would be too many mappings; then nothing has changed. What was moved reads as zero in the old block.
     */
    boolean movePages(long from, long to, long bytes) {
        int source = index(from);
        int target = index(to);
        int parts = (Run.flags(source) & Run.MOVED) != 0 ? Run.parts(source) : 0;
        if (parts == Run.MOST_PARTS || (movedRuns >= MOST_MOVED && parts == 0)) {
            return false;
        }
        int pages = pagesFor(bytes);
        int done = 0;
        for (int part = 0; done < pages; part++) {
            int end = part < parts ? Math.min(pages, Run.partEnd(source, part)) : pages;
            if (!movePart(Run.address(source + done), Run.address(target + done), end - done)) {
                if (done == 0) {
                    return false;
                }
                Memory.copy(
                        Run.address(source + done),
                        Run.address(target + done),
                        (long) (end - done) << SystemCalls.OS_PAGE_SHIFT);
            }
            Run.setPartEnd(target, part, end);
            Run.setParts(target, part + 1);
            done = end;
        }
        lock.lock();
        try {
            Run.set(target, Run.LIVE, (Run.flags(target) & ~Run.ZEROED) | Run.MOVED, Run.length(target));
            movedRuns++;
        } finally {
            lock.unlock();
        }
        return true;
    }

    private static boolean movePart(long from, long to, int pages) {
        long bytes = (long) pages << SystemCalls.OS_PAGE_SHIFT;
        if (SystemCalls.movePages(from, to, bytes) > 0) {
            return true;
        }
        // Where it lacked memory, the system may have unmapped the target before it noticed.
        if (SystemCalls.mapOver(to, bytes) > 0) {
            SystemCalls.noHugePages(to, bytes);
        }
        return false;
    }

    // ---- grow

    @ReservedStackAccess
    private boolean grow(int pages) {
        growLock.lock();
        try {
            // Another thread may have grown the area while this one waited; then the caller just tries again.
            int before = committed;
            long limit = Range.RUNS_SIZE >>> SystemCalls.OS_PAGE_SHIFT;
            long bytes = (long) before << SystemCalls.OS_PAGE_SHIFT;
            long step =
                    Math.clamp(Long.highestOneBit(bytes >> 2), FIRST_STEP, LARGEST_STEP) >>> SystemCalls.OS_PAGE_SHIFT;
            int more = (int) Math.min(Math.max(pages, step), limit - before);
            if (more < pages) {
                return false;
            }
            while (!accessible(before, more)) {
                if (more == pages) {
                    return false;
                }
                more = pages;
            }
            lock.lock();
            try {
                committed = before + more;
                addFree(before, more, Run.CLEAN, Run.WHOLE, 0);
            } finally {
                lock.unlock();
            }
            return true;
        } finally {
            growLock.unlock();
        }
    }

    private static boolean accessible(int first, int pages) {
        long mapFrom = (long) first * Run.ENTRY_SIZE & -SystemCalls.OS_PAGE_SIZE;
        long mapTo = (long) (first + pages) * Run.ENTRY_SIZE + SystemCalls.OS_PAGE_SIZE - 1 & -SystemCalls.OS_PAGE_SIZE;
        return SystemCalls.commit(Run.address(first), (long) pages << SystemCalls.OS_PAGE_SHIFT) == 0
                && SystemCalls.commit(Range.RUN_MAP + mapFrom, mapTo - mapFrom) == 0;
    }

    // ---- free runs

    private void link(int run, int kind, int sixteenths, int length, long freed) {
        Run.set(run, kind, Run.withSixteenths(sixteenths), length);
        if (length > 1) {
            Run.set(run + length - 1, kind == Run.CLEAN ? Run.CLEAN_END : Run.DIRTY_END, 0, length);
        }
        if (kind == Run.CLEAN) {
            clean.add(run, length);
        } else {
            dirty.add(run, length);
            ages.add(run, length);
            Run.setValue(run, freed);
        }
    }

    private void unlink(int run, int kind, int length) {
        if (kind == Run.CLEAN) {
            clean.remove(run, length);
        } else {
            dirty.remove(run, length);
            ages.remove(run, length);
        }
        if (length > 1) {
            Run.clear(run + length - 1);
        }
    }

    // ---- for readers

    void lock() {
        lock.lock();
    }

    void unlock() {
        lock.unlock();
    }

    /** OS pages of the area that were ever made accessible. */
    int committedPages() {
        return committed;
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
        return ages.bytes();
    }

    /** Blocks ever taken. */
    long taken() {
        return taken;
    }
}
