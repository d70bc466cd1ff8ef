package zonal.allocator;

/**
 * A queue of dirty runs, so that the oldest can go back to the system first, and how much of them may be in memory.
 *
 * <p>The list is linked through the page map. Guarded by the lock of {@link RunHeap}.
 */
final class DirtyRuns {

    private int newest = Run.NONE;
    private int oldest = Run.NONE;
    private long pages;

    /** The run that was added first, or {@link Run#NONE}. */
    int oldest() {
        return oldest;
    }

    /** OS pages of all of them that may be in memory. */
    long pages() {
        return pages;
    }

    /** Adds a run as the newest. */
    void add(int run) {
        Run.setOlder(run, newest);
        Run.setNewer(run, Run.NONE);
        if (newest == Run.NONE) {
            oldest = run;
        } else {
            Run.setNewer(newest, run);
        }
        newest = run;
        pages += Run.resident(run);
    }

    void remove(int run) {
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
        pages -= Run.resident(run);
    }
}
