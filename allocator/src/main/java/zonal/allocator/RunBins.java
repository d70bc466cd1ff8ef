package zonal.allocator;

import java.util.Arrays;

/**
 * Free runs of one kind, binned by length, 8 bins to a doubling.
 *
 * <p>A bin is a list, linked through the page map; a bitmap says which bins are not empty. Guarded by the lock of {@link RunHeap}.
 */
final class RunBins {

    private static final int COUNT = 256;

    /** How many runs of a bin are compared for the best fit. */
    private static final int CANDIDATES = 8;

    /** The first run of each bin, or {@link Run#NONE}. */
    final int[] first = new int[COUNT];

    /** One bit for each bin. */
    final long[] nonEmpty = new long[COUNT / 64];

    RunBins() {
        Arrays.fill(first, Run.NONE);
    }

    /** The bin of runs of {@code length} OS pages. */
    static int bin(int length) {
        if (length < 8) {
            return length;
        }
        int log = 31 - Integer.numberOfLeadingZeros(length);
        return ((log - 2) << 3) + ((length >>> (log - 3)) & 7);
    }

    /**
     * A run of at least {@code length} OS pages, or {@link Run#NONE}: the shortest of the first few that fit in the request's own bin, else
     * of the next bin that isn't empty.
     */
    int find(int length) {
        int bin = bin(length);
        int best = shortest(first[bin], length, CANDIDATES);
        if (best != Run.NONE) {
            return best;
        }
        bin++;
        int word = bin >>> 6;
        long candidates = nonEmpty[word] & (-1L << bin);
        while (candidates == 0) {
            if (++word == nonEmpty.length) {
                return Run.NONE;
            }
            candidates = nonEmpty[word];
        }
        return shortest(first[(word << 6) + Long.numberOfTrailingZeros(candidates)], length, CANDIDATES);
    }

    /** As {@link #find}, where that found none: the shortest of all that fit in the request's own bin. */
    int findBehindFirst(int length) {
        return shortest(first[bin(length)], length, Integer.MAX_VALUE);
    }

    /** The shortest of a bin's first runs that are not shorter than {@code length}, or {@link Run#NONE}. */
    private static int shortest(int first, int length, int candidates) {
        int best = Run.NONE;
        int run = first;
        for (int i = 0; i < candidates && run != Run.NONE; i++) {
            int found = Run.length(run);
            if (found >= length && (best == Run.NONE || found < Run.length(best))) {
                best = run;
            }
            run = Run.next(run);
        }
        return best;
    }

    /** Adds a run of {@code length} OS pages. */
    void add(int run, int length) {
        int bin = bin(length);
        int next = first[bin];
        Run.setNext(run, next);
        Run.setPrevious(run, Run.NONE);
        if (next != Run.NONE) {
            Run.setPrevious(next, run);
        }
        first[bin] = run;
        nonEmpty[bin >>> 6] |= 1L << bin;
    }

    /** Removes a run of {@code length} OS pages. */
    void remove(int run, int length) {
        int next = Run.next(run);
        int previous = Run.previous(run);
        if (next != Run.NONE) {
            Run.setPrevious(next, previous);
        }
        if (previous != Run.NONE) {
            Run.setNext(previous, next);
        } else {
            int bin = bin(length);
            first[bin] = next;
            if (next == Run.NONE) {
                nonEmpty[bin >>> 6] &= ~(1L << bin);
            }
        }
    }
}
