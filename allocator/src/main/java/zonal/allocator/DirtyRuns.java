package zonal.allocator;

/**
 * Dirty runs in the order they were freed, so that the oldest can go back to the system first, and how much of them may be in memory.
 *
 * <p>The list is linked through the page map. Guarded by the lock of {@link RunHeap}.
 */
final class DirtyRuns {

    private static final int FEW = 32;

    private int newest = Run.NONE;
    private int oldest = Run.NONE;
    private long pages;

    /** The run that was freed first, or {@link Run#NONE}. */
    int oldest() {
        return oldest;
    }

    /** Of the oldest few, the oldest that has {@code least} OS pages or more, all of which may be in memory; or {@link Run#NONE}. */
    int oldestUnknown(int least) {
        int run = oldest;
        for (int looked = 0; looked < FEW && run != Run.NONE; looked++) {
            if (Run.length(run) >= least && Run.sixteenths(run) == Run.WHOLE) {
                return run;
            }
            run = Run.newer(run);
        }
        return Run.NONE;
    }

    /** Bytes of all of them that may be in memory. */
    long bytes() {
        return pages << SystemCalls.OS_PAGE_SHIFT;
    }

    /** OS pages of a run of {@code length} of them that may be in memory. */
    static long resident(int run, int length) {
        return ((long) length * Run.sixteenths(run) + Run.WHOLE - 1) / Run.WHOLE;
    }

    /** Adds a run of {@code length} OS pages as the newest. */
    void add(int run, int length) {
        Run.setOlder(run, newest);
        Run.setNewer(run, Run.NONE);
        if (newest == Run.NONE) {
            oldest = run;
        } else {
            Run.setNewer(newest, run);
        }
        newest = run;
        pages += resident(run, length);
    }

    /** Removes a run of {@code length} OS pages. */
    void remove(int run, int length) {
        int newer = Run.newer(run);
        int older = Run.older(run);
        if (newer == Run.NONE) {
            newest = older;
        } else {
            Run.setOlder(newer, older);
        }
        if (older == Run.NONE) {
            oldest = newer;
        } else {
            Run.setNewer(older, newer);
        }
        pages -= resident(run, length);
    }
}
