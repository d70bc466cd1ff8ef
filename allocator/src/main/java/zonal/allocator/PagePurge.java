package zonal.allocator;

import jdk.internal.vm.annotation.ReservedStackAccess;

/**
 * Gives the free OS pages of a heap's pages back to the system, while the pages stay in use. (Wholly free pages are {@link PageArea}'s.)
 *
 * <p>Thread-safe, by the lock of {@link PageHeap}. It is not held during system calls, for which the granules are marked used.
 */
final class PagePurge {

    private final PageHeap heap;
    private final PageArea area;
    private final SpinLock lock;
    private final PageBins bins;

    /** @param lock guards the heap, and {@code bins} */
    PagePurge(PageHeap heap, SpinLock lock, PageBins bins) {
        this.heap = heap;
        this.area = heap.area;
        this.lock = lock;
        this.bins = bins;
    }

    /**
     * Gives free OS pages of a page in use back to the system: all, if blocks of it were last taken or freed at or before {@code tick}; else those that
     * held no block when it was looked at last, if that was by then, and none since.
     *
     * <p>The granules are marked used while the system call runs without the lock, so that nobody splits a block off them; the page
     * counts one block more, so that it stays.
     */
    @ReservedStackAccess
    void purge(int index, long tick) {
        long page = area.page(index);
        long idle = 0;
        if (!lock.trySpinning()) {
            return; // the next tick comes round again
        }
        try {
            if (Page.owner(page) == heap.index) {
                idle = dueOsPages(page, tick);
                holdForPurge(page, idle);
            }
        } finally {
            lock.unlock();
        }
        if (idle == 0) {
            return;
        }
        boolean purged = true;
        for (long left = idle; left != 0; ) {
            int first = Long.numberOfTrailingZeros(left);
            int count = Long.numberOfTrailingZeros(~(left >>> first));
            purged &= SystemCalls.purge(
                            area.data(index) + ((long) first << SystemCalls.OS_PAGE_SHIFT),
                            (long) count << SystemCalls.OS_PAGE_SHIFT)
                    == 0;
            left &= count == 64 ? 0 : ~(((1L << count) - 1) << first);
        }
        lock.lock();
        try {
            if (purged) {
                Page.setTouched(page, Page.touched(page) & ~idle);
            }
            releasePurged(index, page, idle);
        } finally {
            lock.unlock();
        }
    }

    /** Notes that all OS pages of a page of this heap, given as one bit each, may be resident. */
    @ReservedStackAccess
    void touchAll(int index, long osPages) {
        long page = area.page(index);
        lock.lock();
        try {
            if (Page.owner(page) == heap.index) {
                Page.setTouched(page, osPages);
                Page.noteFreed(page, Housekeeper.now());
            }
        } finally {
            lock.unlock();
        }
    }

    /** The OS pages of a page that are to go back, one bit each. Notes the others that hold no block, for the next look. */
    private long dueOsPages(long page, long tick) {
        boolean quiet = Page.time(page) <= tick;
        if (!quiet && Page.looked(page) > tick) {
            return 0;
        }
        long idle = idleOsPages(page);
        if (quiet && idle == 0) {
            Page.setTime(page, Page.NOTHING_IDLE);
        }
        long due = quiet ? idle : idle & Page.idle(page);
        Page.setIdle(page, idle & ~due);
        Page.setLooked(page, Housekeeper.now());
        return due;
    }

    /** The OS pages of a page that may be resident and hold no block, one bit each. */
    private long idleOsPages(long page) {
        int granulesShift = SystemCalls.OS_PAGE_SHIFT - area.granuleShift;
        long idle = 0;
        for (long left = Page.touched(page); left != 0; left &= left - 1) {
            int osPage = Long.numberOfTrailingZeros(left);
            int first = osPage << granulesShift;
            if (Page.nextUsed(page, first) >= first + (1 << granulesShift)) {
                idle |= 1L << osPage;
            }
        }
        return idle;
    }

    /** Marks the granules of these OS pages, one bit each, used by one block more. */
    private void holdForPurge(long page, long osPages) {
        int granulesShift = SystemCalls.OS_PAGE_SHIFT - area.granuleShift;
        if (osPages == 0) {
            return;
        }
        for (long left = osPages; left != 0; left &= left - 1) {
            Page.use(page, Long.numberOfTrailingZeros(left) << granulesShift, 1 << granulesShift);
        }
        Page.setFree(page, Page.free(page) - (Long.bitCount(osPages) << granulesShift));
        Page.setBlocks(page, Page.blocks(page) + 1);
    }

    /** Undoes {@link #holdForPurge}. */
    private void releasePurged(int index, long page, long osPages) {
        int granulesShift = SystemCalls.OS_PAGE_SHIFT - area.granuleShift;
        int granules = 1 << granulesShift;
        for (long left = osPages; left != 0; left &= left - 1) {
            int first = Long.numberOfTrailingZeros(left) << granulesShift;
            Page.release(page, first, granules);
            Page.setSearch(page, Math.min(Page.search(page), first));
        }
        Page.setFree(page, Page.free(page) + (Long.bitCount(osPages) << granulesShift));
        Page.setBlocks(page, Page.blocks(page) - 1);
        if (Page.blocks(page) == 0) {
            heap.leave(index, page);
            return;
        }
        int longest = Page.longest(page);
        for (long left = osPages; left != 0; left &= left - 1) {
            int first = Long.numberOfTrailingZeros(left) << granulesShift;
            longest = Math.max(longest, Page.nextUsed(page, first + granules) - Page.freeRunStart(page, first));
        }
        bins.change(index, page, longest);
    }
}
