package zonal.allocator;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Walks all of the allocator's metadata and verifies the invariants that {@code package-info} and the classes state.
 *
 * <p>{@link #structure} holds every lock of the heaps meanwhile, so it may be called at any time, by any thread that is outside the
 * allocator. {@link #quiet} also compares the magazines with the block maps, which is right only while no other thread allocates
 * or frees.
 */
final class HeapCheck {

    private static final int LAST_EXACT_BIN = 63;

    private static final int ATTEMPTS = 40;
    private static final int PAUSE_MICROS = 25_000;

    private final List<SpinLock> locked = new ArrayList<>();
    private final Map<Long, Integer> cached = new HashMap<>();
    private final long[][] splitOff = new long[PageHeap.all().length][SizeClasses.COUNT];
    private final int[] pagesOfHeap = new int[PageHeap.all().length];
    private long liveBlocks;
    private long liveBytes;

    private HeapCheck() {}

    /** What a check saw: the live blocks, and the bytes that were requested for them. */
    record Seen(long liveBlocks, long liveBytes) {}

    /** Verifies what holds at any time. */
    static Seen structure() {
        return new HeapCheck().run(false);
    }

    /** Verifies what holds while no other thread is inside the allocator, but for the housekeeper. */
    static Seen quiet() {
        return eventually(() -> new HeapCheck().run(true));
    }

    /**
     * Answers what {@code act} answers, and has it try again for a while if it fails: the housekeeper may be emptying a cache just now, and
     * then a block is for a moment neither in its magazine nor, by the magazine's count, out of it. Damage doesn't go away.
     */
    static <T> T eventually(Supplier<T> act) {
        for (int attempt = 1; ; attempt++) {
            try {
                return act.get();
            } catch (AssertionError e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                SystemCalls.sleepMicros(PAUSE_MICROS);
            }
        }
    }

    private Seen run(boolean quiet) {
        try {
            lockAll();
            checkArea(PageArea.FINE);
            checkArea(PageArea.COARSE);
            checkHeaps();
            Seen runs = RunCheck.walk(quiet);
            liveBlocks += runs.liveBlocks();
            liveBytes += runs.liveBytes();
            checkStrict();
            checkMagazines(quiet);
            return new Seen(liveBlocks, liveBytes);
        } finally {
            for (int i = locked.size() - 1; i >= 0; i--) {
                locked.get(i).unlock();
            }
        }
    }

    /** In the order in which the allocator takes them: caches, heaps, areas, runs. */
    private void lockAll() {
        for (SpinLock lock : (SpinLock[]) read(CacheTable.class, null, "SHARED_LOCKS")) {
            lock(lock);
        }
        for (PageHeap heap : heaps()) {
            lock((SpinLock) read(PageHeap.class, heap, "lock"));
        }
        for (PageArea area : new PageArea[] {PageArea.FINE, PageArea.COARSE}) {
            lock((SpinLock) read(PageArea.class, area, "growLock"));
            lock((SpinLock) read(PageArea.class, area, "lock"));
        }
        lock((SpinLock) read(CacheTable.class, null, "LOCK"));
        lock((SpinLock) read(RunArea.class, read(RunHeap.class, RunHeap.INSTANCE, "area"), "growLock"));
        lock((SpinLock) read(RunHeap.class, RunHeap.INSTANCE, "lock"));
        lock((SpinLock) read(StrictMappings.class, StrictMappings.INSTANCE, "lock"));
    }

    private void lock(SpinLock lock) {
        lock.lock();
        locked.add(lock);
    }

    private static List<PageHeap> heaps() {
        List<PageHeap> heaps = new ArrayList<>();
        for (int i = 1; i < PageHeap.all().length; i++) {
            heaps.add(PageHeap.all()[i]);
        }
        return heaps;
    }

    // ---- pages

    private void checkArea(PageArea area) {
        Set<Integer> warm = checkWarm(area);
        Set<Integer> cold = new HashSet<>();
        for (int i = 0; i < area.pageCount(); i++) {
            if ((Memory.getLong(area.cold.bitmap + (i >>> 6 << 3)) >>> i & 1) == 1) {
                cold.add(i);
                check(Page.touched(area.page(i)) == 0, "a cold page is touched");
                check(!warm.contains(i), "page is both warm and cold");
            }
        }
        check(area.cold.count() == cold.size(), "cold pages are not counted right");
        check(warm.size() + cold.size() == area.freePageCount(), "free pages are not counted right");
        check((long) area.pageCount() << area.pageShift <= area.committed(), "a page beyond the committed area");
        for (int i = 0; i < area.pageCount(); i++) {
            long page = area.page(i);
            int owner = Page.owner(page);
            checkBias(area, i);
            if (owner == Page.FREE_PAGE) {
                // Or in no list: the housekeeper is giving its memory back.
                checkAllFree(area, i);
            } else {
                check(!warm.contains(i) && !cold.contains(i), "an owned page is in a list of free ones");
                check(owner > 0 && owner < PageHeap.all().length, "page has no such owner");
                check(PageHeap.all()[owner].area == area, "page belongs to a heap of the other area");
                pagesOfHeap[owner]++;
                checkPage(area, i, PageHeap.all()[owner]);
            }
        }
    }

    private static Set<Integer> checkWarm(PageArea area) {
        Set<Integer> warm = new HashSet<>();
        int previous = Page.NONE;
        for (int i = (int) read(PageArea.class, area, "warm"); i != Page.NONE; i = Page.next(area.page(i))) {
            check(warm.add(i), "warm list has a loop");
            check(Page.previous(area.page(i)) == previous, "warm list: previous is wrong");
            check(Page.touched(area.page(i)) != 0, "a warm page is not touched");
            previous = i;
        }
        return warm;
    }

    private static void checkBias(PageArea area, int index) {
        int bias = Bias.of(area.biases + (long) index * Bias.ENTRY_SIZE);
        int cache = Math.abs(bias) - 1;
        int owner = Page.owner(area.page(index));
        check((bias == 0) == (owner == Page.FREE_PAGE), "a free page is biased, or another is not");
        check(
                bias == 0 || Bias.isShared(bias) || (cache >= ThreadCache.SHARED && cache < CacheTable.count()),
                "a page is biased to a cache that is nobody's alone");
        check(
                !Bias.isShared(bias) || bias == Bias.shared(PageHeap.stripeOf(owner)),
                "a page is at home in another stripe than its heap");
    }

    private static void checkAllFree(PageArea area, int index) {
        check(Page.nextUsed(area.page(index), 0) == Page.GRANULES, "a free page has a used granule");
        for (int i = 0; i < Page.GRANULES << area.entryShift; i += 8) {
            check(Memory.getLong(area.entries(index) + i) == 0, "a free page has an entry in the block map");
        }
    }

    private void checkPage(PageArea area, int index, PageHeap heap) {
        long page = area.page(index);
        Place where = new Place(heap.zone.name() + " page of heap", heap.index, index, 0);
        int osPageGranules = SystemCalls.OS_PAGE_SIZE >> area.granuleShift;
        boolean[] used = new boolean[Page.GRANULES];
        int blocks = 0;
        for (int granule = 0; granule < Page.GRANULES; ) {
            int entry = entry(area, index, granule);
            if (entry == 0) {
                granule++;
                continue;
            }
            int sizeClass = checkBlock(area, index, granule, heap, where);
            int granules = SizeClasses.size(sizeClass) >> area.granuleShift;
            check(granule + granules <= Page.GRANULES, where, "a block leaves its page");
            for (int i = granule; i < granule + granules; i++) {
                used[i] = true;
                check(i < granule + 2 || entry(area, index, i) == 0, where, "an entry inside a block");
                check((Page.touched(page) >>> (i / osPageGranules) & 1) == 1, where, "a block's OS page isn't touched");
            }
            splitOff[heap.index][sizeClass]++;
            blocks++;
            granule += granules;
        }
        int free = 0;
        int run = 0;
        int longest = 0;
        int firstFree = Page.GRANULES;
        int purging = 0;
        for (int i = 0; i < Page.GRANULES; i++) {
            boolean bit = (Page.bits(page, i) >>> i & 1) == 1;
            check(bit || !used[i], where, "a block's granule is marked free");
            if (bit) {
                purging += used[i] ? 0 : 1;
                run = 0;
            } else {
                free++;
                longest = Math.max(longest, ++run);
                firstFree = Math.min(firstFree, i);
            }
        }
        // What is used by no block is being given back to the system: then the page counts one block more.
        check(purging % osPageGranules == 0, where, "used granules without a block");
        check(Page.blocks(page) == blocks + (purging == 0 ? 0 : 1), where, "wrong number of blocks");
        check(Page.free(page) == free, where, "free is counted wrong");
        check(Page.longest(page) >= longest, where, "a free run is longer than longest");
        check(Page.search(page) <= firstFree, where, "a free granule below search");
        check(Page.bin(page) == bin(Page.longest(page)), where, "in the wrong bin");
        for (int i = 0; i < Page.GRANULES; i += osPageGranules) {
            boolean idle = (Page.touched(page) >>> (i / osPageGranules) & 1) == 1
                    && Page.nextUsed(page, i) >= i + osPageGranules;
            check(!idle || Page.time(page) != Page.NOTHING_IDLE, where, "an idle OS page that won't go back");
            check(
                    idle || (Page.idle(page) >>> (i / osPageGranules) & 1) == 0,
                    where,
                    "an OS page that is not idle, and would go back");
        }
    }

    /** Checks the entry of a block and answers its class. */
    private int checkBlock(PageArea area, int index, int granule, PageHeap heap, Place where) {
        int entry = entry(area, index, granule);
        boolean fine = area == PageArea.FINE;
        check(BlockMap.isStart(entry), where, "an entry before any block");
        int second = granule + 1 < Page.GRANULES ? entry(area, index, granule + 1) : 0;
        boolean single = fine && (second == 0 || BlockMap.isStart(second));
        check(second != 0 || single, where, "a coarse block of one granule");
        int sizeClass = single ? 1 : second;
        check(
                sizeClass > 0 && sizeClass < SizeClasses.COUNT && SizeClasses.isFine(sizeClass) == fine,
                where,
                "a block of no such class");
        check(single == (sizeClass == 1), where, "class 1 is written nowhere");
        int slack = fine ? BlockMap.fineSlack(entry) : BlockMap.coarseSlack(entry);
        check(slack < SizeClasses.size(sizeClass), where, "slack is more than the block");
        if (BlockMap.isLive(entry, fine)) {
            liveBlocks++;
            liveBytes += SizeClasses.size(sizeClass) - slack;
        } else {
            check(slack == 0, where, "a cached block has slack");
            cached.put(area.data(index) + ((long) granule << area.granuleShift), sizeClass);
        }
        check(PageHeap.of(0, sizeClass).area == heap.area, where, "a block of another area's class");
        return sizeClass;
    }

    private static int entry(PageArea area, int index, int granule) {
        long address = area.entries(index) + ((long) granule << area.entryShift);
        return area == PageArea.FINE ? Memory.getByte(address) : Memory.getShort(address);
    }

    /** The bin that the class comment of PageHeap states: exact below 64 granules, above it 8 to a doubling. */
    private static int bin(int granules) {
        if (granules <= LAST_EXACT_BIN) {
            return granules;
        }
        int log = 31 - Integer.numberOfLeadingZeros(granules);
        return 64 + 8 * (log - 6) + (granules - (1 << log)) * 8 / (1 << log);
    }

    private void checkHeaps() {
        for (PageHeap heap : heaps()) {
            PageBins pageBins = (PageBins) read(PageHeap.class, heap, "bins");
            int[] bins = pageBins.first;
            long[] nonEmpty = pageBins.nonEmpty;
            int binned = 0;
            for (int bin = 0; bin < bins.length; bin++) {
                Place where = new Place("bin of heap", heap.index, bin, 0);
                check((nonEmpty[bin >>> 6] >>> bin & 1) == (bins[bin] == Page.NONE ? 0 : 1), where, "nonEmpty");
                int previous = Page.NONE;
                for (int i = bins[bin]; i != Page.NONE; i = Page.next(heap.area.page(i))) {
                    long page = heap.area.page(i);
                    check(Page.owner(page) == heap.index, "a page in the bin of another heap");
                    check(Page.bin(page) == bin, "a page in another bin than it says");
                    check(Page.previous(page) == previous, where, "previous is wrong");
                    check(++binned <= heap.pageCount(), where, "has a loop");
                    previous = i;
                }
            }
            check(pagesOfHeap[heap.index] == heap.pageCount(), "pages of a heap are counted wrong");
            for (int i = 0; i < heap.area.pageCount(); i++) {
                long page = heap.area.page(i);
                binned += Page.owner(page) == heap.index && Page.bin(page) == 0 ? 1 : 0;
            }
            check(binned == heap.pageCount(), "a page with free granules is in no bin");
            for (int c = 1; c < SizeClasses.COUNT; c++) {
                Place where = new Place("class of heap", heap.index, c, (int) splitOff[heap.index][c]);
                check(splitOff[heap.index][c] == heap.splitOff(c), where, "another number of blocks split off");
            }
        }
    }

    // ---- strict

    private void checkStrict() {
        StrictMappings strict = StrictMappings.INSTANCE;
        if (!(boolean) read(StrictMappings.class, strict, "ready")) {
            check(strict.liveBlocks() == 0, "strict blocks without a table");
            return;
        }
        int used = 0;
        int refused = 0;
        long blocks = 0;
        long bytes = 0;
        Set<Long> live = new HashSet<>();
        long sorted = (long) read(StrictMappings.class, null, "SORTED");
        for (long entry = Range.STRICT_TABLE; entry < sorted; entry += 16) {
            long address = Memory.getLong(entry);
            used += address == 0 ? 0 : 1;
            refused += Memory.getLong(entry + 8) < 0 ? 1 : 0;
            if (Memory.getLong(entry + 8) > 0) {
                blocks++;
                bytes += Memory.getLong(entry + 8);
                live.add(address);
                check(!Range.contains(address), "a strict block inside the range");
                check((address & (SystemCalls.OS_PAGE_SIZE - 1)) == 0, "a strict block is not aligned");
            }
        }
        check(used == (int) read(StrictMappings.class, strict, "used"), "strict: used is wrong");
        check(refused == (int) read(StrictMappings.class, strict, "refused"), "strict: refused is wrong");
        check(blocks == strict.liveBlocks(), "strict: liveBlocks is wrong");
        long before = Long.MAX_VALUE;
        for (long i = 0; i < blocks; i++) {
            long address = Memory.getLong(sorted + i * 8);
            check(address < before && live.contains(address), "strict: the live blocks' addresses are not sorted");
            before = address;
        }
        check(bytes == strict.liveRequested(), "strict: liveRequested is wrong");
        liveBlocks += blocks;
        liveBytes += bytes;
    }

    // ---- magazines

    private void checkMagazines(boolean quiet) {
        long inMagazines = 0;
        Set<Long> seen = new HashSet<>();
        for (int i = 0; quiet && i < CacheTable.count(); i++) {
            long cache = CacheTable.address(i);
            long granted = 0;
            for (int c = 1; c < SizeClasses.COUNT; c++) {
                int count = Magazine.count(cache, c);
                int limit = Magazine.limit(cache, c);
                Place where = new Place("magazine of cache", i, c, count);
                int remote = Magazine.remoteCount(cache, c);
                check(count >= 0 && remote >= 0 && count + remote <= limit, where, "count over limit");
                check(limit <= Magazine.capacity(c), where, "limit over capacity");
                check(Memory.getLong(Magazine.slots(cache, c) - 8) == 0, where, "the bottom isn't zero");
                granted += (long) limit * SizeClasses.size(c);
                for (int slot = 0; slot < count + remote; slot++) {
                    long block = Memory.getLong(
                            slot < count
                                    ? Magazine.slots(cache, c) + 8L * slot
                                    : Magazine.remoteSlots(cache, c) + 8L * (slot - count));
                    check(seen.add(block), where, "a block lies in two magazines");
                    Integer found = cached.get(block);
                    check(found != null && found == c, where, "holds what is no cached block of the class");
                }
                inMagazines += count + remote;
            }
            check(Memory.getLong(cache) == 0, new Place("cache", i, 0, 0), "its first word isn't zero");
            check(ThreadCache.index(cache) == i, new Place("cache", i, 0, 0), "says that it is another");
            check(
                    Memory.getLong(cache + ThreadCache.GRANTED) == granted,
                    new Place("cache", i, 0, 0),
                    "granted is wrong");
        }
        for (int c = 1; quiet && c < SizeClasses.COUNT; c++) {
            for (int stripe = 0; stripe < ThreadCache.STRIPES; stripe++) {
                for (int i = 0; i < Depot.count(stripe, c); i++) {
                    long block = Depot.block(stripe, c, i);
                    Place where = new Place("depot of stripe", stripe, c, i);
                    check(seen.add(block), where, "a block lies in a depot and in a magazine, or twice in a depot");
                    Integer found = cached.get(block);
                    check(found != null && found == c, where, "holds what is no cached block of the class");
                    inMagazines++;
                }
            }
        }
        int[] inBacklog = new int[SizeClasses.COUNT];
        for (int i = 0; quiet && i < Backlog.count(); i++) {
            Place where = new Place("backlog", i, 0, 0);
            check(seen.add(Backlog.block(i)), where, "a block lies in the backlog and elsewhere");
            check(cached.containsKey(Backlog.block(i)), where, "holds what is no cached block");
            inBacklog[BlockMap.sizeClass(Backlog.block(i))]++;
            inMagazines++;
        }
        for (int c = 1; quiet && c < SizeClasses.COUNT; c++) {
            check(Backlog.count(c) == inBacklog[c], new Place("class of the backlog", c, 0, 0), "is counted wrong");
        }
        check(
                !quiet || inMagazines == cached.size(),
                cached.size() + " cached blocks by the maps, " + inMagazines + " in magazines, depots and the backlog");
    }

    // ----

    static Object read(Class<?> owner, @Nullable Object object, String field) {
        try {
            Field found = owner.getDeclaredField(field);
            found.setAccessible(true);
            return found.get(object);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("HeapCheck is behind the allocator", e);
        }
    }

    /** Where something is wrong; made to text only then. */
    record Place(String what, int which, int index, int length) {}

    static void check(boolean holds, Place where, String violated) {
        if (!holds) {
            throw new AssertionError("the heap is damaged: " + where + ": " + violated);
        }
    }

    static void check(boolean holds, String violated) {
        if (!holds) {
            throw new AssertionError("the heap is damaged: " + violated);
        }
    }
}
