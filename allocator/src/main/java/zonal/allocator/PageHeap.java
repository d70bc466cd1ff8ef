package zonal.allocator;

import jdk.internal.vm.annotation.DontInline;
import jdk.internal.vm.annotation.ReservedStackAccess;

/**
 * The pages of one zone in one area: splits blocks off them and takes blocks back, a batch at a time, under one lock.
 *
 * <p>A fresh page is one free remainder. A block is any number of granules; it is split off the first free run of a page that
 * is long enough, and free neighbours are one run again the moment both are free, because a run <i>is</i> a stretch of zero bits in
 * the page's bitmap: there are no links in free memory, nothing to merge, and nothing that a stray write could damage.
 *
 * <ol>
 *   <li>Pages are binned by the longest free run that they may have ({@link PageBins}). A request of n granules goes to the first
 *       non-empty bin from n upwards: the page whose longest run fits best. So small requests fill small holes and long runs are
 *       kept for those who need them.
 *   <li>Within a page the lowest fit is taken (first fit by address), which keeps a page's end free, and untouched, the longest.
 *   <li>{@code longest} is a bound: exact after a scan to the end of the page, too high after a scan that found enough. A scan that
 *       finds nothing lowers it, so no page is scanned in vain twice.
 * </ol>
 *
 * <p>There is a heap for each zone, area and <i>stripe</i>; a thread cache keeps to one stripe, so that threads of different
 * stripes neither share a lock nor the cache lines of a block map. A block goes back to the heap that owns its page, whoever frees it.
 *
 * <p>Thread-safe. The lock guards the heap, its pages' metadata, and START and class in the block map of its pages.
 */
final class PageHeap {

    /** A refill looks at this many pages at most, so that the lock is never held for long. */
    private static final int PAGES_PER_REFILL = 8;

    private static final int KINDS = 6;

    private static final PageHeap[] HEAPS = new PageHeap[1 + ThreadCache.STRIPES * KINDS];

    /** The kind (zone and area) of the heap that serves a class. */
    private static final byte[] KIND_OF_CLASS = new byte[SizeClasses.COUNT];

    static {
        for (int i = 1; i < HEAPS.length; i++) {
            int kind = (i - 1) % KINDS;
            HEAPS[i] = new PageHeap(i, Zone.ALL[kind >> 1], (kind & 1) == 0 ? PageArea.FINE : PageArea.COARSE);
        }
        for (int c = 1; c < SizeClasses.COUNT; c++) {
            KIND_OF_CLASS[c] = (byte) ((SizeClasses.zone(c).index << 1) | (SizeClasses.isFine(c) ? 0 : 1));
        }
    }

    final int index;
    final Zone zone;
    final PageArea area;

    private final SpinLock lock = new SpinLock();
    private final PageBins bins;
    private final PagePurge purge;

    /** Blocks split off and not given back, by class. */
    private final long[] splitOff = new long[SizeClasses.COUNT];

    private int pages;

    private PageHeap(int index, Zone zone, PageArea area) {
        this.index = index;
        this.zone = zone;
        this.area = area;
        this.bins = new PageBins(area);
        this.purge = new PagePurge(this, lock, bins);
    }

    /** All heaps; element 0 is null. */
    static PageHeap[] all() {
        return HEAPS;
    }

    /** The heap that serves a class to the caches of a stripe. */
    static PageHeap of(int stripe, int sizeClass) {
        return HEAPS[1 + stripe * KINDS + KIND_OF_CLASS[sizeClass]];
    }

    /** The stripe of the heap with this index. */
    static int stripeOf(int heap) {
        return (heap - 1) / KINDS;
    }

    /** The zone that blocks of a class are counted in. */
    static Zone zoneOf(int sizeClass) {
        return Zone.ALL[KIND_OF_CLASS[sizeClass] >> 1];
    }

    int pageCount() {
        return pages;
    }

    /** Blocks of a class that are split off, live or cached. */
    long splitOff(int sizeClass) {
        return splitOff[sizeClass];
    }

    void lock() {
        lock.lock();
    }

    void unlock() {
        lock.unlock();
    }

    /**
     * Copies the block map of a page to the start of {@code copy}, in one copy under the lock: what other threads wait for.
     *
     * @return false if the page is not, or no more, this heap's
     */
    boolean copyEntries(int index, byte[] copy) {
        lock.lock();
        try {
            boolean ours = Page.owner(area.page(index)) == this.index;
            if (ours) {
                Memory.copy(area.entries(index), copy, Page.GRANULES << area.entryShift);
            }
            return ours;
        } finally {
            lock.unlock();
        }
    }

    // ---- refill

    /**
     * For the caller's cache, splits up to {@code want} blocks off pages of its stripe's heap, or of another stripe's if that one is busy,
     * and writes their addresses to {@code slots}. Answers how many; 0 when there is no memory.
     *
     * <p>The lowest address comes last, because the last is taken first: blocks that are taken in turn lie one behind the other, as the
     * processor's prefetching likes them. <i>Measured</i>, the benchmark {@code frag-128}: 46 ns an operation where the highest was
     * taken first, 40 where the lowest is.
     */
    @DontInline
    @ReservedStackAccess
    static int refill(long cache, int sizeClass, long slots, int want) {
        int stripe = CacheTable.stripe(cache);
        PageHeap heap = lockOne(stripe, sizeClass);
        int got;
        try {
            got = heap.split(cache, sizeClass, slots, want);
        } finally {
            heap.lock.unlock();
        }
        for (int i = 0; got == 0 && i < ThreadCache.STRIPES; i++) {
            got = of((stripe + i) & (ThreadCache.STRIPES - 1), sizeClass).splitAnywhere(sizeClass, slots, want);
        }
        // Next it is written that one of them lives, and to unlock promises no order with what follows (see BlockMap).
        Memory.storeStoreFence();
        return got;
    }

    /**
     * Splits blocks off whatever page of this heap has room, since there is no new one to be had: as many are looked at as it takes, and the bound of each
     * that has no room after all is corrected.
     */
    private int splitAnywhere(int sizeClass, long slots, int want) {
        int granules = SizeClasses.size(sizeClass) >> area.granuleShift;
        int got = 0;
        lock.lock();
        try {
            for (int page; got == 0 && (page = bins.findAnywhere(granules)) != Page.NONE; ) {
                got = split(page, sizeClass, granules, slots, want);
            }
            noteSplit(sizeClass, slots, want, got);
        } finally {
            lock.unlock();
        }
        return got;
    }

    /**
     * The heap of the stripe, locked; or, if its lock isn't free for longer than a batch takes, that of the first stripe after it whose lock
     * nobody has: a thread that is stopped in one holds up few.
     */
    private static PageHeap lockOne(int stripe, int sizeClass) {
        for (int micros = SpinLock.FIRST_SLEEP_MICROS; ; micros = SpinLock.longer(micros)) {
            PageHeap own = of(stripe, sizeClass);
            if (own.lock.trySpinning()) {
                return own;
            }
            for (int i = 1; i < ThreadCache.STRIPES; i++) {
                PageHeap heap = of((stripe + i) & (ThreadCache.STRIPES - 1), sizeClass);
                if (heap.lock.tryLock()) {
                    return heap;
                }
            }
            SystemCalls.sleepMicros(micros);
        }
    }

    private int split(long cache, int sizeClass, long slots, int want) {
        int granules = SizeClasses.size(sizeClass) >> area.granuleShift;
        int got = 0;
        for (int looked = 0; got < want && looked < PAGES_PER_REFILL; looked++) {
            int page = bins.find(granules);
            if (page == Page.NONE) {
                if (got > 0) {
                    break; // a short batch rather than a new page
                }
                page = newPage(cache);
                if (page == Page.NONE) {
                    return 0;
                }
            }
            got += split(page, sizeClass, granules, slots, want - got);
        }
        if (got == 0) {
            // Every page looked at had a bound that was too high. A new page is sure to fit.
            int page = newPage(cache);
            if (page != Page.NONE) {
                got = split(page, sizeClass, granules, slots, want);
            }
        }
        noteSplit(sizeClass, slots, want, got);
        return got;
    }

    /** Counts the blocks whose addresses are at the last {@code got} of {@code want} slots, and moves these to the first ones. */
    private void noteSplit(int sizeClass, long slots, int want, int got) {
        if (got < want) {
            Memory.copy(slots + ((long) (want - got) << 3), slots, (long) got << 3);
        }
        splitOff[sizeClass] += got;
    }

    @DontInline
    private int newPage(long cache) {
        int index = area.take(this.index);
        if (index != Page.NONE) {
            long page = area.page(index);
            Page.setFree(page, Page.GRANULES);
            Page.setBlocks(page, 0);
            Page.setSearch(page, 0);
            Page.setTime(page, Housekeeper.now());
            Page.setIdle(page, 0);
            Page.setLooked(page, Housekeeper.now());
            Bias.give(area, index, cache, stripeOf(this.index));
            bins.add(index, page, Page.GRANULES);
            pages++;
        }
        return index;
    }

    /** Splits blocks off one page, lowest address first, and writes their addresses to the last of {@code want} slots and those before it. */
    private int split(int index, int sizeClass, int granules, long slots, int want) {
        long page = area.page(index);
        long data = area.data(index);
        int longest = 0;
        int search = Page.GRANULES;
        int got = 0;
        int at = Page.nextFree(page, Page.search(page));
        while (at < Page.GRANULES && got < want) {
            int end = Page.nextUsed(page, at);
            int first = at;
            while (end - at >= granules && got < want) {
                got++;
                Memory.putLong(slots + ((long) (want - got) << 3), data + ((long) at << area.granuleShift));
                BlockMap.setCached(entry(index, at), sizeClass);
                at += granules;
            }
            if (at > first) {
                Page.use(page, first, at - first);
                touch(page, first, at - 1);
            }
            if (at < end) {
                longest = Math.max(longest, end - at);
                search = Math.min(search, at);
            }
            if (got < want) {
                at = Page.nextFree(page, end);
            }
        }
        if (got < want) { // the whole page was seen
            Page.setSearch(page, search);
            bins.change(index, page, longest);
        } else {
            Page.setSearch(page, Math.min(search, at));
            if (Page.free(page) == got * granules) {
                bins.change(index, page, 0);
            }
        }
        Page.setFree(page, Page.free(page) - got * granules);
        Page.setBlocks(page, Page.blocks(page) + got);
        Page.setTime(page, Housekeeper.now());
        return got;
    }

    private long entry(int index, int granule) {
        return area.entries(index) + ((long) granule << area.entryShift);
    }

    /** Notes that the OS pages behind these granules (both included) may be resident from now on. */
    private void touch(long page, int first, int last) {
        int shift = SystemCalls.OS_PAGE_SHIFT - area.granuleShift;
        long bits = (-1L >>> (63 - (last >>> shift))) & (-1L << (first >>> shift));
        Page.setTouched(page, Page.touched(page) | bits);
        Page.setIdle(page, Page.idle(page) & ~bits);
    }

    // ---- flush

    /**
     * Takes {@code count} blocks of a class back, whose addresses are at {@code slots}; each goes to the heap of its page, or to the
     * {@link Backlog} while that is locked for long.
     *
     * @param freed the tick by which all of them were freed: from then on their memory waits for the decay
     */
    @DontInline
    @ReservedStackAccess
    static void flush(int sizeClass, long slots, int count, long freed) {
        Backlog.drainFew();
        PageArea area = SizeClasses.isFine(sizeClass) ? PageArea.FINE : PageArea.COARSE;
        int done = 0;
        while (done < count) {
            long first = slots + ((long) done << 3);
            int owner = ownerOf(area, first);
            if (owner == Page.FREE_PAGE) {
                done++; // no block of ours lies there: not to be believed, and dropped
                continue;
            }
            PageHeap heap = HEAPS[owner];
            if (!heap.lock.trySpinning()) {
                int alike = 1;
                while (done + alike < count && ownerOf(area, first + ((long) alike << 3)) == owner) {
                    alike++;
                }
                if (Backlog.put(sizeClass, first, alike)) {
                    done += alike;
                    continue;
                }
                heap.lock.lock();
            }
            try {
                done = heap.giveBack(sizeClass, slots, done, count, freed);
            } finally {
                heap.lock.unlock();
            }
        }
    }

    /** The heap of the page of the cached block whose address is at {@code slot}. It keeps its page for as long as it is cached. */
    private static int ownerOf(PageArea area, long slot) {
        return Page.owner(area.page(area.index(Memory.getLong(slot) - area.base)));
    }

    /** Takes the block of a class back whose address is at {@code slot}; false, and it isn't, where its heap is locked. */
    static boolean tryFlush(int sizeClass, long slot) {
        int owner = ownerOf(SizeClasses.isFine(sizeClass) ? PageArea.FINE : PageArea.COARSE, slot);
        if (owner == Page.FREE_PAGE) {
            return true; // as in flush
        }
        PageHeap heap = HEAPS[owner];
        if (!heap.lock.tryLock()) {
            return false;
        }
        try {
            heap.giveBack(sizeClass, slot, 0, 1, Housekeeper.now());
            return true;
        } finally {
            heap.lock.unlock();
        }
    }

    /** Takes blocks back up to the first that belongs to another heap; answers the index of that one. */
    private int giveBack(int sizeClass, long slots, int from, int count, long freed) {
        int i = from;
        while (i < count) {
            int index = area.index(Memory.getLong(slots + ((long) i << 3)) - area.base);
            if (Page.owner(area.page(index)) != this.index) {
                break;
            }
            i = giveBack(index, sizeClass, slots, i, count, freed);
        }
        return i;
    }

    /**
     * Takes back the blocks of one page that follow one another; answers the index of the first that is another page's. Blocks that were
     * split off together are often freed together: the page's numbers are written once for all of them.
     */
    private int giveBack(int index, int sizeClass, long slots, int from, int count, long freed) {
        long page = area.page(index);
        long data = area.data(index);
        int granules = SizeClasses.size(sizeClass) >> area.granuleShift;
        int bound = Page.longest(page);
        int free = Page.free(page);
        int search = Page.search(page);
        int longest = bound;
        int returned = 0;
        int i = from;
        for (; i < count; i++) {
            long offset = Memory.getLong(slots + ((long) i << 3)) - data;
            if (offset < 0 || offset >= 1L << area.pageShift) {
                break;
            }
            int granule = (int) (offset >>> area.granuleShift);
            if (BlockMap.clearCached(entry(index, granule), sizeClass)) { // as it must be
                Page.release(page, granule, granules);
                returned++;
                free += granules;
                search = Math.min(search, granule);
                if (longest < free) { // else no run can be longer than the bound
                    int run = Page.nextUsed(page, granule + granules) - Page.freeRunStart(page, granule);
                    longest = Math.max(longest, run);
                }
            }
        }
        splitOff[sizeClass] -= returned;
        int blocks = Page.blocks(page) - returned;
        Page.setFree(page, free);
        Page.setBlocks(page, blocks);
        Page.setSearch(page, search);
        Page.noteFreed(page, freed);
        if (blocks == 0) {
            leave(index, page);
        } else if (longest > bound) {
            bins.change(index, page, longest);
        }
        return i;
    }

    /** Gives a page without blocks back to the area. The caller holds the lock. */
    void leave(int index, long page) {
        bins.remove(page);
        Bias.end(area, index);
        pages--;
        area.give(index);
    }

    // ---- purge

    /** As {@link PagePurge#purge}. */
    @ReservedStackAccess
    void purge(int index, long tick) {
        purge.purge(index, tick);
    }

    /** As {@link PagePurge#touchAll}. */
    void touchAll(int index, long osPages) {
        purge.touchAll(index, osPages);
    }
}
