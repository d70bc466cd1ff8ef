package zonal.allocator;

import java.util.Arrays;

/**
 * Dirty runs by the tick of their free, so that the oldest can go back to the system first, and how much of them may be in memory.
 *
 * <p>There is a list for each generation: of one tick where the decay has few, else of so many that all generations are longer than the decay; then a
 * run may have to wait a seventh of the decay for others of its generation. A run of any age is added without a search: what is left of one,
 * or has become one with it, is as old as it was.
 *
 * <p>The lists are linked through the page map. Guarded by the lock of {@link RunHeap}.
 */
final class DirtyRuns {

    private static final int GENERATIONS = 16;

    /** Ticks of a generation, as a power of 2. Two generations more than the decay has: the present one, and the one that is due. */
    private static final int TICKS_SHIFT =
            Long.SIZE - Long.numberOfLeadingZeros(Housekeeper.DECAY_TICKS / (GENERATIONS - 2));

    private final int[] newest = new int[GENERATIONS];
    private final int[] oldest = new int[GENERATIONS];
    private long pages;

    DirtyRuns() {
        Arrays.fill(newest, Run.NONE);
        Arrays.fill(oldest, Run.NONE);
    }

    private static int generation(long tick) {
        return (int) (tick >>> TICKS_SHIFT) & (GENERATIONS - 1);
    }

    /** The first run of the oldest generation that has one, or {@link Run#NONE}. */
    int oldest() {
        return oldest(generation(Housekeeper.now()) + 1, GENERATIONS);
    }

    /** The run that comes after this one in the order of their generations, or {@link Run#NONE}. */
    int next(int run) {
        int newer = Run.newer(run);
        if (newer != Run.NONE) {
            return newer;
        }
        int generation = generation(Run.freed(run));
        return oldest(generation + 1, (generation(Housekeeper.now()) - generation) & (GENERATIONS - 1));
    }

    /** The first run of so many generations, each of which is older than the next. */
    private int oldest(int generation, int count) {
        for (int i = 0; i < count; i++) {
            int run = oldest[(generation + i) & (GENERATIONS - 1)];
            if (run != Run.NONE) {
                return run;
            }
        }
        return Run.NONE;
    }

    /** OS pages of all of them that may be in memory. */
    long pages() {
        return pages;
    }

    /** Adds a run to those of its age. */
    void add(int run) {
        int generation = generation(Run.freed(run));
        int older = newest[generation];
        Run.setOlder(run, older);
        Run.setNewer(run, Run.NONE);
        if (older == Run.NONE) {
            oldest[generation] = run;
        } else {
            Run.setNewer(older, run);
        }
        newest[generation] = run;
        pages += Run.resident(run);
    }

    void remove(int run) {
        int generation = generation(Run.freed(run));
        int newer = Run.newer(run);
        int older = Run.older(run);
        if (newer == Run.NONE) {
            newest[generation] = older;
        } else {
            Run.setOlder(newer, older);
        }
        if (older == Run.NONE) {
            oldest[generation] = newer;
        } else {
            Run.setNewer(older, newer);
        }
        pages -= Run.resident(run);
    }
}
