package zonal.allocator;

import java.util.Arrays;

/**
 * The pages of a heap that may have a free run, binned by the longest one.
 *
 * <p>A bin is a list, linked through the pages' metadata; a bitmap says which bins are not empty. Bins are exact below 64 granules, above
 * it there are 8 to a doubling. Guarded by the heap's lock.
 */
final class PageBins {

    private static final int EXACT = 64;
    private static final int COUNT = 113;

    /** The bin of pages without a free run: they are in no list. */
    private static final int FULL = 0;

    /** How many pages of the request's own bin are looked at, where that bin holds pages with shorter runs, too. */
    private static final int CANDIDATES = 4;

    private final PageArea area;

    /** The first page of each bin, or {@link Page#NONE}. */
    final int[] first = new int[COUNT];

    /** One bit for each bin. */
    final long[] nonEmpty = new long[2];

    PageBins(PageArea area) {
        this.area = area;
        Arrays.fill(first, Page.NONE);
    }

    /** The bin of pages whose longest free run is {@code granules}. */
    static int bin(int granules) {
        if (granules < EXACT) {
            return granules;
        }
        int log = 31 - Integer.numberOfLeadingZeros(granules);
        return EXACT + ((log - 6) << 3) + ((granules >>> (log - 3)) & 7);
    }

    /** A page that may have a free run of {@code granules}, the one whose longest fits best; or {@link Page#NONE}. */
    int find(int granules) {
        int bin = bin(granules);
        if (bin >= EXACT) {
            int page = first[bin];
            for (int i = 0; i < CANDIDATES && page != Page.NONE; i++) {
                if (Page.longest(area.page(page)) >= granules) {
                    return page;
                }
                page = Page.next(area.page(page));
            }
            bin++;
        }
        int word = bin >>> 6;
        long candidates = nonEmpty[word] & (-1L << bin);
        if (candidates == 0 && word == 0) {
            word = 1;
            candidates = nonEmpty[1];
        }
        return candidates == 0 ? Page.NONE : first[(word << 6) + Long.numberOfTrailingZeros(candidates)];
    }

    /** As {@link #find}, however many pages of the request's own bin have to be looked at. */
    int findAnywhere(int granules) {
        int page = find(granules);
        if (page == Page.NONE) {
            page = first[bin(granules)];
            while (page != Page.NONE && Page.longest(area.page(page)) < granules) {
                page = Page.next(area.page(page));
            }
        }
        return page;
    }

    /** Adds a page. */
    void add(int index, long page, int longest) {
        Page.setLongest(page, longest);
        link(index, page, bin(longest));
    }

    /** Notes a new bound for a page's longest free run. */
    void change(int index, long page, int longest) {
        Page.setLongest(page, longest);
        int bin = bin(longest);
        if (bin != Page.bin(page)) {
            remove(page);
            link(index, page, bin);
        }
    }

    private void link(int index, long page, int bin) {
        Page.setBin(page, bin);
        if (bin == FULL) {
            return;
        }
        int next = first[bin];
        Page.setNext(page, next);
        Page.setPrevious(page, Page.NONE);
        if (next != Page.NONE) {
            Page.setPrevious(area.page(next), index);
        }
        first[bin] = index;
        nonEmpty[bin >>> 6] |= 1L << bin;
    }

    /** Removes a page. */
    void remove(long page) {
        int bin = Page.bin(page);
        if (bin == FULL) {
            return;
        }
        int next = Page.next(page);
        int previous = Page.previous(page);
        if (next != Page.NONE) {
            Page.setPrevious(area.page(next), previous);
        }
        if (previous != Page.NONE) {
            Page.setNext(area.page(previous), next);
        } else {
            first[bin] = next;
            if (next == Page.NONE) {
                nonEmpty[bin >>> 6] &= ~(1L << bin);
            }
        }
    }
}
