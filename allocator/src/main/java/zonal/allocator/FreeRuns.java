package zonal.allocator;

/**
 * The free runs of the run area: clean and dirty ones apart, binned by length, the dirty ones also by age. Only
 * runs of the same kind are coalesced, so that a run is known to read as zero, or is not, as a whole. A dirty one is then as old as the longest of
 * those that it came from: what is taken and freed beside a long one, over and over, does not keep that in memory.
 *
 * <p>Guarded by the lock of {@link RunHeap}.
 */
final class FreeRuns {

    /** Below this, a dirty run counts in full, OS pages: to ask how much of it is in memory would cost as much as it may win. */
    private static final int LEAST_ASKED = (1 << 20) >> SystemCalls.OS_PAGE_SHIFT;

    /** Long dirty runs, of which the system was not asked yet how much is in memory. */
    private final DirtyRuns unasked = new DirtyRuns();

    /** All other dirty runs. */
    private final DirtyRuns counted = new DirtyRuns();

    private final RunBins cleanBins = new RunBins();
    private final RunBins dirtyBins = new RunBins();

    /** OS pages of all free runs. */
    private long pages;

    /** What {@link #leastDirtyBytes} answers next. */
    private long leastDirty;

    /** OS pages of the area; behind them there is no page map. */
    private int end;

    /** A run of at least {@code length} OS pages, or {@link Run#NONE}: a dirty one if there is one, since it is resident already. */
    int find(int length) {
        int run = dirtyBins.find(length);
        return run == Run.NONE ? findClean(length) : run;
    }

    /** A clean run of at least {@code length} OS pages, or {@link Run#NONE}. */
    int findClean(int length) {
        return cleanBins.find(length);
    }

    /** As {@link #find}, where that found none: however many runs have to be looked at. */
    int findBehindFirst(int length) {
        int run = dirtyBins.findBehindFirst(length);
        return run == Run.NONE ? cleanBins.findBehindFirst(length) : run;
    }

    /** OS pages of all free runs. */
    long pages() {
        return pages;
    }

    /** Adds what the area has grown by. */
    void extend(int first, int length) {
        end = first + length;
        addClean(first, length);
    }

    /** Adds a clean run, coalesced with its neighbours. Answers where the whole starts. */
    int addClean(int run, int length) {
        return add(run, length, Run.CLEAN, 0, 0, 0);
    }

    /** Adds a run that was freed now, coalesced with its neighbours: all of it may be in memory. */
    void addDirty(int run, int length) {
        add(run, length, Run.DIRTY, 0, length, Housekeeper.now());
    }

    /** Adds a dirty run, coalesced with its neighbours, of which the system said how many OS pages are in memory. */
    void addAsked(int run, int length, int resident, long freed) {
        add(run, length, Run.DIRTY, Run.ASKED, resident, freed);
    }

    private int add(int run, int length, int kind, int flags, int resident, long freed) {
        int longest = length;
        int behind = run + length;
        if (behind < end && Run.kind(behind) == kind) {
            int more = Run.length(behind);
            if (more > longest) {
                longest = more;
                freed = Run.freed(behind);
            }
            flags &= Run.flags(behind);
            resident += residentIf(behind, kind);
            unlink(behind, kind, more);
            Run.clear(behind);
            length += more;
        }
        int before = before(run, kind);
        if (before != Run.NONE) {
            int more = run - before;
            freed = more > longest ? Run.freed(before) : freed;
            flags &= Run.flags(before);
            resident += residentIf(before, kind);
            unlink(before, kind, more);
            Run.clear(run);
            run = before;
            length += more;
        }
        link(run, kind, flags, length, resident, freed);
        return run;
    }

    private static int residentIf(int run, int kind) {
        return kind == Run.DIRTY ? Run.resident(run) : 0;
    }

    /** The free run of {@code kind} that ends where {@code run} begins, or {@link Run#NONE}. */
    private static int before(int run, int kind) {
        if (run == 0) {
            return Run.NONE;
        }
        int last = run - 1;
        int lastKind = Run.kind(last);
        boolean single = lastKind == kind && Run.length(last) == 1;
        boolean end = lastKind == (kind == Run.CLEAN ? Run.CLEAN_END : Run.DIRTY_END);
        return single || end ? run - Run.length(last) : Run.NONE;
    }

    // ---- side by side

    /**
     * The first of free runs that lie side by side, clean and dirty ones in turn, and have {@code length} OS pages together, or {@link Run#NONE}.
     * It looks at each dirty run and its neighbours: some thousands at most, as long as {@code large-cache} is not many times its default.
     */
    int findSideBySide(int length) {
        int run = findSideBySide(unasked, length);
        return run == Run.NONE ? findSideBySide(counted, length) : run;
    }

    private int findSideBySide(DirtyRuns runs, int length) {
        for (int run = runs.oldest(); run != Run.NONE; run = runs.next(run)) {
            int clean = before(run, Run.CLEAN);
            int first = clean == Run.NONE ? run : clean;
            // With a dirty run before it, it was or will be looked at from that one on.
            if (before(first, Run.DIRTY) == Run.NONE && reaches(first, first + length)) {
                return first;
            }
        }
        return Run.NONE;
    }

    /** Whether all is free from {@code first}, where a run begins, to the OS page {@code to}. So it is where {@code to} lies before that. */
    boolean reaches(int first, int to) {
        int next = first;
        while (next < to && next < end && Run.isFree(Run.kind(next))) {
            next += Run.length(next);
        }
        return next >= to;
    }

    /** OS pages of the free runs that lie side by side at the end of the area. */
    int atEnd() {
        int first = end;
        for (int run = first; run != Run.NONE; ) {
            first = run;
            run = before(first, Run.CLEAN);
            run = run == Run.NONE ? before(first, Run.DIRTY) : run;
        }
        return end - first;
    }

    /** Takes {@code pages} of a free run, and of those that lie side by side with it, out of all lists, and leaves the rest of the last one free. */
    void take(int first, int pages) {
        int to = first + pages;
        for (int run = first; run < to; ) {
            int next = run + Run.length(run);
            takeFront(run, Math.min(next, to) - run);
            Run.clear(run);
            run = next;
        }
        leastDirty = Math.min(leastDirty, dirtyBytes());
    }

    /** Takes the first {@code pages} of a free run out of all lists, and leaves the rest free. */
    void takeFront(int run, int pages) {
        int kind = Run.kind(run);
        int flags = Run.flags(run);
        int length = Run.length(run);
        long resident = residentIf(run, kind);
        long freed = Run.freed(run);
        unlink(run, kind, length);
        int rest = length - pages;
        if (rest > 0) {
            link(run + pages, kind, flags, rest, (int) ((resident * rest + length - 1) / length), freed);
        }
    }

    /** Adds a clean run to its list as it is, next to none of its kind. */
    void linkClean(int run, int length) {
        link(run, Run.CLEAN, 0, length, 0, 0);
    }

    private void link(int run, int kind, int flags, int length, int resident, long freed) {
        pages += length;
        Run.set(run, kind, flags, length);
        if (length > 1) {
            Run.set(run + length - 1, kind == Run.CLEAN ? Run.CLEAN_END : Run.DIRTY_END, 0, length);
        }
        if (kind == Run.CLEAN) {
            cleanBins.add(run, length);
        } else {
            Run.setDirty(run, resident, freed);
            dirtyBins.add(run, length);
            queue(flags, length).add(run);
        }
    }

    /** Takes a free run out of its lists. */
    void unlink(int run, int kind, int length) {
        pages -= length;
        if (kind == Run.CLEAN) {
            cleanBins.remove(run, length);
        } else {
            dirtyBins.remove(run, length);
            queue(Run.flags(run), length).remove(run);
        }
        if (length > 1) {
            Run.clear(run + length - 1);
        }
    }

    /** Makes all clean runs dirty ones, freed now. */
    void distrustClean() {
        for (int run = 0; run < end; ) {
            int length = Run.length(run);
            int next = run + length;
            if (Run.kind(run) == Run.CLEAN) {
                if (next < end && Run.kind(next) == Run.DIRTY) {
                    next += Run.length(next); // they become one
                }
                unlink(run, Run.CLEAN, length);
                addDirty(run, length);
            }
            run = next;
        }
    }

    // ---- dirty runs

    private DirtyRuns queue(int flags, int length) {
        return flags == 0 && length >= LEAST_ASKED ? unasked : counted;
    }

    /** Bytes of dirty runs that may be in memory. */
    long dirtyBytes() {
        return (unasked.pages() + counted.pages()) << SystemCalls.OS_PAGE_SHIFT;
    }

    /**
     * The least that {@link #take} has left of {@link #dirtyBytes} since this was asked last: so much nobody needed. That a run was out of the lists only
     * because the system was asked about it doesn't count.
     */
    long leastDirtyBytes() {
        long now = dirtyBytes();
        long least = Math.min(leastDirty, now);
        leastDirty = now;
        return least;
    }

    /** A dirty run that was freed at or before {@code tick}, or {@link Run#NONE}. */
    int freedBy(long tick) {
        int run = unasked.oldest();
        if (run == Run.NONE || Run.freed(run) > tick) {
            run = counted.oldest();
        }
        return run == Run.NONE || Run.freed(run) > tick ? Run.NONE : run;
    }

    /** The oldest long dirty run of which the system was not asked yet how much is in memory, or {@link Run#NONE}. */
    int oldestUnasked() {
        return unasked.oldest();
    }

    /** The oldest of all other dirty runs, or {@link Run#NONE}. */
    int oldestCounted() {
        return counted.oldest();
    }
}
