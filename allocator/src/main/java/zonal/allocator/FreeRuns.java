package zonal.allocator;

/**
 * The free runs of the run area: clean and dirty ones apart, binned by length, the dirty ones also in the order they were freed. Only
 * runs of the same kind are coalesced, so that a run is known to read as zero, or is not, as a whole.
 *
 * <p>Guarded by the lock of {@link RunHeap}.
 */
final class FreeRuns {

    final DirtyRuns dirty = new DirtyRuns();

    private final RunBins cleanBins = new RunBins();
    private final RunBins dirtyBins = new RunBins();

    /** OS pages of the area; behind them there is no page map. */
    private int end;

    /** A run of at least {@code length} OS pages, or {@link Run#NONE}: a dirty one if there is one, since it is resident already. */
    int find(int length, boolean onlyClean) {
        int run = onlyClean ? Run.NONE : dirtyBins.find(length);
        return run == Run.NONE ? cleanBins.find(length) : run;
    }

    /** Adds what the area has grown by. */
    void extend(int first, int length) {
        end = first + length;
        add(first, length, Run.CLEAN, Run.WHOLE, 0);
    }

    /**
     * Adds a free run, of which so many sixteenths may be in memory, to its bin, coalesced with free neighbours of the same kind. Answers
     * where the whole starts.
     */
    int add(int run, int length, int kind, int sixteenths, long freed) {
        int behind = run + length;
        if (behind < end && Run.kind(behind) == kind) {
            int more = Run.length(behind);
            sixteenths = together(sixteenths, length, Run.sixteenths(behind), more);
            unlink(behind, kind, more);
            Run.clear(behind);
            length += more;
        }
        if (run > 0) {
            int last = run - 1;
            int lastKind = Run.kind(last);
            boolean single = lastKind == kind && Run.length(last) == 1;
            if (single || lastKind == (kind == Run.CLEAN ? Run.CLEAN_END : Run.DIRTY_END)) {
                int more = Run.length(last);
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

    /** Adds a free run to its lists as it is, next to none of its kind. */
    void link(int run, int kind, int sixteenths, int length, long freed) {
        Run.set(run, kind, Run.withSixteenths(sixteenths), length);
        if (length > 1) {
            Run.set(run + length - 1, kind == Run.CLEAN ? Run.CLEAN_END : Run.DIRTY_END, 0, length);
        }
        if (kind == Run.CLEAN) {
            cleanBins.add(run, length);
        } else {
            dirtyBins.add(run, length);
            dirty.add(run, length);
            Run.setValue(run, freed);
        }
    }

    /** Takes a free run out of its lists. */
    void unlink(int run, int kind, int length) {
        if (kind == Run.CLEAN) {
            cleanBins.remove(run, length);
        } else {
            dirtyBins.remove(run, length);
            dirty.remove(run, length);
        }
        if (length > 1) {
            Run.clear(run + length - 1);
        }
    }
}
