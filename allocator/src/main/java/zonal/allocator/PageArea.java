package zonal.allocator;

import jdk.internal.vm.annotation.ForceInline;
import jdk.internal.vm.annotation.ReservedStackAccess;

/**
 * A part of the range that is cut into pages of one size, and the pages of it that no heap has at the moment.
 *
 * <p>There are two: the <i>fine</i> area (granules of 16 bytes, pages of 64 KiB) for blocks up to 1 KiB, and the <i>coarse</i>
 * area (granules of 64 bytes, pages of 256 KiB) for blocks up to 32 KiB. A wholly free page can go to any heap of the area.
 * Free pages are of two kinds: <i>warm</i> ones may be resident, are in a list and are taken first, last freed first; <i>cold</i> ones take no
 * memory ({@link ColdPages}). Only when there is neither does the committed part of the area grow.
 */
final class PageArea {

    static final int FINE_GRANULE_SHIFT = 4;
    static final int COARSE_GRANULE_SHIFT = 6;
    static final int FINE_PAGE_SHIFT = FINE_GRANULE_SHIFT + Page.GRANULES_SHIFT;
    static final int COARSE_PAGE_SHIFT = COARSE_GRANULE_SHIFT + Page.GRANULES_SHIFT;

    /** Most pages whose memory goes back at once: the lock is held while each is taken out of the list. */
    private static final int MOST_HELD = 64;

    static final PageArea FINE = new PageArea(
            Range.FINE_BASE,
            FINE_GRANULE_SHIFT,
            Range.FINE_MAP,
            0,
            Range.FINE_PAGES,
            Range.FINE_COLD_PAGES,
            Range.FINE_BIASES);
    static final PageArea COARSE = new PageArea(
            Range.COARSE_BASE,
            COARSE_GRANULE_SHIFT,
            Range.COARSE_MAP,
            1,
            Range.COARSE_PAGES,
            Range.COARSE_COLD_PAGES,
            Range.COARSE_BIASES);

    final long base;
    final int granuleShift;
    final int pageShift;
    final long map;
    final int entryShift;
    final long pages;

    final ColdPages cold;

    /** The {@link Bias} of each page. */
    final long biases;

    /**
     * Bytes from {@link #base} that are readable and writable, and whose metadata is. Only ever grows. It is read without the lock: a
     * stale value is too small and makes a block that was allocated since look like none, but whoever holds an address got it
     * from a thread that read the new value.
     */
    private long committed;

    /** Granules in {@link #committed}. */
    private long granules;

    /** Pages below this index have been handed out at least once. */
    private int fresh;

    private final SpinLock lock = new SpinLock();
    private final SpinLock growLock = new SpinLock();
    private int warm = Page.NONE;
    private int warmPages;

    private PageArea(long base, int granuleShift, long map, int entryShift, long pages, long coldPages, long biases) {
        this.base = base;
        this.granuleShift = granuleShift;
        this.pageShift = granuleShift + Page.GRANULES_SHIFT;
        this.map = map;
        this.entryShift = entryShift;
        this.pages = pages;
        this.cold = new ColdPages(coldPages, Range.AREA_SIZE >>> pageShift);
        this.biases = biases;
    }

    /** The area of {@code address}, which lies in one of the two. */
    static PageArea of(long address) {
        return address < Range.COARSE_BASE ? FINE : COARSE;
    }

    long committed() {
        return committed;
    }

    /** Whether the area has this granule, and there is an entry for it in the block map, and one more behind that. */
    @ForceInline
    boolean has(long granule) {
        return Long.compareUnsigned(granule, granules) < 0;
    }

    /** Metadata of the page at {@code index}. */
    long page(int index) {
        return pages + index * Page.META_SIZE;
    }

    /** First byte of the data of the page at {@code index}. */
    long data(int index) {
        return base + ((long) index << pageShift);
    }

    /** The page that {@code offset} (bytes from the base) lies in. */
    int index(long offset) {
        return (int) (offset >>> pageShift);
    }

    /** First entry of the block map for the page at {@code index}. */
    long entries(int index) {
        return map + ((long) index << (Page.GRANULES_SHIFT + entryShift));
    }

    /**
     * The heap that has the page at {@code index}, or {@link Page#FREE_PAGE}. For those who look at all pages: metadata that was given back is
     * not read, and so stays with the system.
     */
    int owner(int index) {
        return cold.isUsed(index) ? Page.owner(page(index)) : Page.FREE_PAGE;
    }

    /** Pages that were ever handed out: all indexes below this are valid. */
    int pageCount() {
        return fresh;
    }

    int freePageCount() {
        return warmPages + cold.count();
    }

    /** Takes a page for a heap that is wholly free, with its bitmap and map all zero, or {@link Page#NONE} when there is no memory. */
    @ReservedStackAccess
    int take(int heap) {
        for (; ; ) {
            lock.lock();
            try {
                int index = takeFree();
                if (index != Page.NONE) {
                    Page.setOwner(page(index), heap);
                    return index;
                }
            } finally {
                lock.unlock();
            }
            if (!grow()) {
                return Page.NONE;
            }
        }
    }

    /** Takes a page out of those that are free: a warm one, or the lowest cold one, or the next of those that never had an owner. */
    private int takeFree() {
        int index = warm;
        if (index != Page.NONE) {
            unlinkWarm(index);
            return index;
        }
        return takeUnused();
    }

    private int takeUnused() {
        if (cold.count() > 0) {
            return cold.take();
        }
        if (((long) (fresh + 1) << pageShift) <= committed) {
            cold.use(fresh);
            return fresh++;
        }
        return Page.NONE;
    }

    /** Makes more of the area accessible. The system calls are made without the lock that other threads take pages under. */
    @ReservedStackAccess
    private boolean grow() {
        growLock.lock();
        try {
            long before = committed;
            if (((long) (fresh + 1) << pageShift) <= before) {
                return true;
            }
            long step = Range.step(before);
            while (!commit(before, Math.min(step, Range.AREA_SIZE - before))) {
                step >>= 1;
                if (step < 1L << pageShift) {
                    return false;
                }
            }
            return true;
        } finally {
            growLock.unlock();
        }
    }

    private boolean commit(long before, long bytes) {
        long after = before + bytes;
        if (bytes == 0
                || !accessible(base, before, after)
                || !accessible(pages, (before >>> pageShift) * Page.META_SIZE, (after >>> pageShift) * Page.META_SIZE)
                || !accessible(cold.bitmap, before >>> pageShift >>> 3, (after >>> pageShift >>> 3) + Long.BYTES)
                || !accessible(
                        biases, (before >>> pageShift) * Bias.ENTRY_SIZE, (after >>> pageShift) * Bias.ENTRY_SIZE)
                || !accessible(
                        map, before >>> granuleShift << entryShift, (after >>> granuleShift << entryShift) + 1)) {
            return false;
        }
        // The grow lock is held already; take() reads it under the other one.
        lock.lock();
        committed = after;
        granules = after >>> granuleShift;
        lock.unlock();
        return true;
    }

    /** {@code from} and {@code to} are offsets; the OS page that {@code from} lies in is accessible already if it isn't a first byte. */
    private static boolean accessible(long start, long from, long to) {
        long first = from & -SystemCalls.OS_PAGE_SIZE;
        long end = (to + SystemCalls.OS_PAGE_SIZE - 1) & -SystemCalls.OS_PAGE_SIZE;
        return SystemCalls.commit(start + first, end - first) == 0;
    }

    /** Gives a page back whose blocks are all gone: bitmap and map are zero. */
    @ReservedStackAccess
    void give(int index) {
        lock.lock();
        try {
            linkFree(index);
        } finally {
            lock.unlock();
        }
    }

    private void linkFree(int index) {
        long page = page(index);
        Page.setOwner(page, Page.FREE_PAGE);
        if (Page.touched(page) == 0) {
            cold.add(index);
        } else {
            Page.setNext(page, warm);
            Page.setPrevious(page, Page.NONE);
            if (warm != Page.NONE) {
                Page.setPrevious(page(warm), index);
            }
            warm = index;
            warmPages++;
        }
    }

    /** Links a free page all of which may be resident. */
    private void linkResident(int index) {
        Page.setTouched(page(index), allOsPages());
        Page.setTime(page(index), Housekeeper.now());
        linkFree(index);
    }

    /** All OS pages of a page's data, one bit each. */
    private long allOsPages() {
        return -1L >>> (Long.SIZE - (1 << (pageShift - SystemCalls.OS_PAGE_SHIFT)));
    }

    private void unlinkWarm(int index) {
        long page = page(index);
        int next = Page.next(page);
        int previous = Page.previous(page);
        if (previous == Page.NONE) {
            warm = next;
        } else {
            Page.setNext(page(previous), next);
        }
        if (next != Page.NONE) {
            Page.setPrevious(page(next), previous);
        }
        warmPages--;
    }

    /**
     * Gives back what was last in use at or before {@code tick}: the memory of free pages, of free parts of pages in use, and of metadata. Warm pages are
     * not in the order of their ages, for what lay in an idle thread's cache is old when it comes here, so all are looked at.
     */
    void purge(long tick) {
        PageHeap[] heaps = PageHeap.all();
        for (int i = 0; i < fresh; i++) {
            if (!cold.isUsed(i)) {
                continue;
            }
            long page = page(i);
            // Racy reads, to pass over most pages without a lock; whoever purges looks again under it.
            if (Page.touched(page) == 0) {
                continue;
            }
            int owner = Page.owner(page);
            boolean quiet = Page.time(page) <= tick;
            if (owner == Page.FREE_PAGE && quiet) {
                purgeFree(i, tick);
            } else if (owner != Page.FREE_PAGE && (quiet ? Page.free(page) > 0 : mayHaveIdle(page, tick))) {
                heaps[owner].purge(i, tick);
            }
        }
        purgeMetadata();
    }

    /** Whether a page that is in use all the time may have a whole OS page that is free, and was not looked at for one since {@code tick}. */
    private boolean mayHaveIdle(long page, long tick) {
        return Page.looked(page) <= tick
                && Page.longest(page) >= SystemCalls.OS_PAGE_SIZE >> granuleShift
                && Page.time(page) != Page.NOTHING_IDLE;
    }

    /** Gives the memory of all free pages back. */
    void purgeFree() {
        for (int index; (index = warm) != Page.NONE; ) {
            if (!purgeFree(index, Long.MAX_VALUE)) {
                return;
            }
        }
    }

    /**
     * Gives the memory of a free page, and of its neighbours, back to the system, as far as they were last in use at or before {@code tick}. False if
     * the system refuses.
     */
    @ReservedStackAccess
    private boolean purgeFree(int index, long tick) {
        long held = holdWarm(index, tick);
        int first = (int) (held >>> Integer.SIZE);
        int count = (int) held;
        if (count == 0) {
            return true;
        }
        boolean purged = purge(first, count);
        releaseWarm(first, count, purged);
        return purged;
    }

    /**
     * Takes a warm page, and its neighbours that may go back, too, out of the list, so that nobody can take one while the system calls run. Answers
     * the first and how many they are: none if the page is no longer one that may go back.
     */
    private long holdWarm(int index, long tick) {
        lock.lock();
        try {
            int first = index;
            int end = index;
            while (end - first < MOST_HELD && isWarm(end, tick)) {
                end++;
            }
            while (first < end && end - first < MOST_HELD && isWarm(first - 1, tick)) {
                first--;
            }
            for (int i = first; i < end; i++) {
                unlinkWarm(i);
                Page.setTouched(page(i), 0); // which makes it no longer warm
            }
            return (long) first << Integer.SIZE | (end - first);
        } finally {
            lock.unlock();
        }
    }

    /** Whether a page is in the list of warm ones, and was last in use at or before {@code tick}. */
    private boolean isWarm(int index, long tick) {
        return index >= 0
                && index < fresh
                && owner(index) == Page.FREE_PAGE
                && Page.touched(page(index)) != 0
                && Page.time(page(index)) <= tick;
    }

    /** Gives back the memory of neighbours, and that of their block map, which is all zero, where that is whole OS pages. */
    private boolean purge(int first, int count) {
        long mapBytes = (long) Page.GRANULES << entryShift;
        if ((mapBytes & (SystemCalls.OS_PAGE_SIZE - 1)) == 0) {
            SystemCalls.purge(entries(first), count * mapBytes);
        }
        return SystemCalls.purge(data(first), (long) count << pageShift) == 0;
    }

    private void releaseWarm(int first, int count, boolean purged) {
        lock.lock();
        try {
            for (int i = first; i < first + count; i++) {
                if (purged) {
                    linkFree(i);
                } else {
                    linkResident(i);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** From now on no page, nor what is free of one in use, is known to take no memory. */
    void distrustCold() {
        while (warmOne()) {}
        PageHeap[] heaps = PageHeap.all();
        for (int i = 0; i < fresh; i++) {
            int owner = owner(i);
            if (owner != Page.FREE_PAGE) {
                heaps[owner].touchAll(i, allOsPages());
            }
        }
    }

    /** Makes a cold page, or one that never had an owner, a warm one; false if there is none. */
    @ReservedStackAccess
    private boolean warmOne() {
        lock.lock();
        try {
            int index = takeUnused();
            if (index != Page.NONE) {
                linkResident(index);
            }
            return index != Page.NONE;
        } finally {
            lock.unlock();
        }
    }

    /** Gives back the metadata of groups all of whose pages are cold. */
    @ReservedStackAccess
    private void purgeMetadata() {
        for (int group = 0; (group = cold.nextUsedGroup(group)) >= 0; group++) {
            if (holdCold(group)) {
                long first = page(group * ColdPages.GROUP_PAGES);
                boolean purged = SystemCalls.purge(first, ColdPages.GROUP_PAGES * Page.META_SIZE) == 0;
                releaseCold(group, purged);
            }
        }
    }

    private boolean holdCold(int group) {
        lock.lock();
        try {
            return cold.hold(group);
        } finally {
            lock.unlock();
        }
    }

    private void releaseCold(int group, boolean purged) {
        lock.lock();
        try {
            cold.release(group, purged);
        } finally {
            lock.unlock();
        }
    }
}
