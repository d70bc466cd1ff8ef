package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A heap, called as magazines and the housekeeper call it. */
class PageHeapTest {

    /** More than a refill looks at. */
    private static final int PAGES = 10;

    /** The least SMALL class, of nine granules, and the greatest, of 64. */
    private static final int SHORT = SizeClasses.of(144);

    private static final int LONG = SizeClasses.of(1_024);

    private static final int IN_A_PAGE = Page.GRANULES / 9;

    private final long cache = OwnCache.get();
    private final long slot = Allocator.malloc(8);

    /** Blocks that were taken so that pages are full. */
    private final List<Long> others = new ArrayList<>();

    @AfterEach
    void freeSlot() {
        others.forEach(block -> give(SHORT, block));
        Allocator.free(slot);
    }

    /** That a page may have a free run of some length is a bound. Where it is too high in all that a refill looks at, it takes a new one. */
    @Test
    void whereNoPageHasTheRoomThatItMayHaveANewOneIsTaken() {
        OwnCache.drainAll();
        PageHeap heap = PageHeap.of(CacheTable.stripe(cache), SHORT);
        // What other pages had room for is full, and then so many more are.
        List<Long> blocks = new ArrayList<>();
        for (int pages = heap.pageCount() + PAGES + 1; heap.pageCount() < pages; ) {
            blocks.add(take(SHORT));
        }
        for (int i = 0; i < PAGES; i++) {
            // In one of them a run of 72 granules, of which nine are taken again.
            int first = blocks.size() - 50 - i * IN_A_PAGE;
            for (int j = 0; j < 8; j++) {
                give(SHORT, blocks.remove(first));
            }
            blocks.addFirst(take(SHORT));
        }
        long last = take(LONG);
        int index = index(last);
        assertThat(Page.owner(PageArea.FINE.page(index))).isEqualTo(heap.index);
        assertThat(Page.blocks(PageArea.FINE.page(index))).isEqualTo(1);
        give(LONG, last);
        blocks.forEach(block -> give(SHORT, block));
        HeapCheck.quiet();
    }

    /** Who gets a few blocks may need no more of them. */
    @Test
    void forAShortBatchNoNewPageIsTaken() {
        OwnCache.drainAll();
        PageHeap heap = PageHeap.of(CacheTable.stripe(cache), SHORT);
        List<Long> blocks = takePages(1).values().iterator().next();
        give(SHORT, blocks.removeLast());
        give(SHORT, blocks.removeLast());
        int pages = heap.pageCount();
        int want = 10;
        long slots = Allocator.malloc(want << 3);
        int got = PageHeap.refill(cache, SHORT, slots, want);
        assertThat(heap.pageCount()).isEqualTo(pages);
        assertThat(got).isEqualTo(2);
        PageHeap.flush(SHORT, slots, got, Housekeeper.now());
        Allocator.free(slots);
        blocks.forEach(block -> give(SHORT, block));
        HeapCheck.quiet();
    }

    /** Of all pages that may have the room the one that has no more of it. */
    @Test
    void aFreeRunIsTakenThatIsAsLongAsTheBlock() {
        OwnCache.drainAll();
        PageHeap heap = PageHeap.of(CacheTable.stripe(cache), LONG);
        List<Long> blocks = new ArrayList<>();
        for (int pages = heap.pageCount(); heap.pageCount() <= pages; ) {
            blocks.add(take(LONG)); // the last of them in a new page
        }
        for (int i = 1; i < 2 * (Page.GRANULES / 64); i++) {
            blocks.add(take(LONG)); // and in one more
        }
        long hole = blocks.remove(blocks.size() - Page.GRANULES / 64 - 1);
        give(LONG, hole);
        give(LONG, blocks.removeLast());
        give(LONG, blocks.removeLast());
        long block = take(LONG);
        blocks.add(block);
        blocks.forEach(each -> give(LONG, each));
        assertThat(block).isEqualTo(hole);
        HeapCheck.quiet();
    }

    /** What is in memory is taken before what would have to be faulted in. */
    @Test
    void aPageThatIsInMemoryIsTakenBeforeOneThatIsNot() {
        OwnCache.drainAll();
        Map<Integer, List<Long>> pages = takePages(2);
        List<List<Long>> blocks = List.copyOf(pages.values());
        blocks.getFirst().forEach(block -> give(SHORT, block));
        Housekeeper.purge(Long.MAX_VALUE);
        int first = index(blocks.getFirst().getFirst());
        assertThat(Page.touched(PageArea.FINE.page(first))).isZero();
        blocks.getLast().forEach(block -> give(SHORT, block));
        long block = take(SHORT);
        assertThat(index(block)).isEqualTo(last(pages));
        give(SHORT, block);
        HeapCheck.quiet();
    }

    /** Of a page that is in use all the time: what holds no block at two looks, a decay apart. */
    @Test
    void whatIsFreeOfABusyPageGoesBackWhenItWasSoForADecay() {
        OwnCache.drainAll();
        PageHeap heap = PageHeap.of(CacheTable.stripe(cache), SHORT);
        HeapCheck.eventually(() -> {
            // The housekeeper may look in between.
            List<Long> blocks = takeHalfAPage();
            int index = index(blocks.getFirst());
            long page = PageArea.FINE.page(index);
            long touched = Page.touched(page);
            Page.setLooked(page, 0);
            heap.purge(index, 0);
            long afterFirstLook = Page.touched(page);
            heap.purge(index, 0);
            long tooEarly = Page.touched(page);
            Page.setLooked(page, 0);
            heap.purge(index, 0);
            long afterADecay = Page.touched(page);
            HeapCheck.structure();
            blocks.forEach(block -> give(SHORT, block));
            assertThat(afterFirstLook).isEqualTo(touched);
            assertThat(tooEarly).isEqualTo(touched);
            return assertThat(Long.bitCount(afterADecay)).isEqualTo((Long.bitCount(touched) + 1) / 2);
        });
        HeapCheck.quiet();
    }

    /** The system is called without the heap's lock. */
    @Test
    void aPageWhoseLastBlockIsFreedWhileItsMemoryGoesBackIsFree() throws InterruptedException {
        OwnCache.drainAll();
        PageHeap heap = PageHeap.of(CacheTable.stripe(cache), SHORT);
        int rounds = 200;
        SpinBarrier together = new SpinBarrier(2);
        AtomicInteger index = new AtomicInteger();
        Thread purging = Thread.ofPlatform().start(() -> {
            for (int round = 0; round < rounds; round++) {
                together.await();
                heap.purge(index.get(), Long.MAX_VALUE);
                together.await();
            }
        });
        for (int round = 0; round < rounds; round++) {
            List<Long> blocks = takeHalfAPage();
            long last = blocks.getFirst();
            index.set(index(last));
            blocks.subList(1, blocks.size()).forEach(block -> give(SHORT, block));
            together.await();
            for (int i = 0; i < round; i++) {
                Thread.onSpinWait(); // so that it comes sooner or later
            }
            give(SHORT, last);
            together.await();
            HeapCheck.eventually(() -> {
                Backlog.drain(); // where a block lies that found the heap locked for long
                return assertThat(PageArea.FINE.owner(index.get())).isEqualTo(Page.FREE_PAGE);
            });
        }
        purging.join();
        HeapCheck.quiet();
    }

    /** It would be faulted in again: what was in use in between waits from then on. */
    @Test
    void whatWasInUseBetweenTwoLooksStays() {
        OwnCache.drainAll();
        PageHeap heap = PageHeap.of(CacheTable.stripe(cache), SHORT);
        HeapCheck.eventually(() -> {
            // The housekeeper may look in between.
            List<Long> blocks = takeHalfAPage();
            int index = index(blocks.getFirst());
            long page = PageArea.FINE.page(index);
            Page.setLooked(page, 0);
            heap.purge(index, 0);
            // Of three OS pages, the one in the middle is free as a whole.
            List<Long> again = new ArrayList<>();
            for (int i = 0; i < 3 * SystemCalls.OS_PAGE_SIZE / SizeClasses.size(SHORT); i++) {
                again.add(take(SHORT));
            }
            long between = again.get(again.size() / 2);
            again.forEach(block -> give(SHORT, block));
            Page.setLooked(page, 0);
            heap.purge(index, 0);
            long touched = Page.touched(page);
            blocks.forEach(block -> give(SHORT, block));
            assertThat(index(between)).isEqualTo(index);
            long osPage = (between - PageArea.FINE.data(index)) >> SystemCalls.OS_PAGE_SHIFT;
            return assertThat(touched >> osPage & 1).isOne();
        });
        HeapCheck.quiet();
    }

    /** Neighbours go back together, but not before their time. */
    @Test
    void aFreePageDoesNotGoBackBecauseItsNeighbourDoes() {
        OwnCache.drainAll();
        Housekeeper.purge(Long.MAX_VALUE); // then the lowest free page comes first
        Map<Integer, List<Long>> pages = takePages(2);
        while (!pages.containsKey(last(pages) - 1)) {
            pages.putAll(takePages(1));
        }
        long young = PageArea.FINE.page(last(pages));
        long old = PageArea.FINE.page(last(pages) - 1);
        pages.values().forEach(blocks -> blocks.forEach(block -> give(SHORT, block)));
        Page.setTime(old, 0);
        PageArea.FINE.purge(0);
        assertThat(Page.touched(old)).isZero();
        assertThat(Page.touched(young)).isNotZero();
        HeapCheck.quiet();
    }

    /** The page that was taken last. */
    private static int last(Map<Integer, List<Long>> pages) {
        return List.copyOf(pages.keySet()).getLast();
    }

    /** The blocks of a page of which the other half is free. */
    private List<Long> takeHalfAPage() {
        List<Long> blocks = takePages(1).values().iterator().next();
        blocks.subList(IN_A_PAGE / 2, IN_A_PAGE).forEach(block -> give(SHORT, block));
        return blocks.subList(0, IN_A_PAGE / 2);
    }

    /** So many pages of the heap that it takes now, each full, with their blocks, in the order in which it takes them. Other pages are full before. */
    private Map<Integer, List<Long>> takePages(int count) {
        PageHeap heap = PageHeap.of(CacheTable.stripe(cache), SHORT);
        Map<Integer, List<Long>> pages = new LinkedHashMap<>();
        for (int before = heap.pageCount(); heap.pageCount() <= before; ) {
            long block = take(SHORT);
            if (heap.pageCount() <= before) {
                others.add(block);
            } else {
                pages.computeIfAbsent(index(block), page -> new ArrayList<>()).add(block);
            }
        }
        for (int taken = 1; taken < count * IN_A_PAGE; taken++) {
            long block = take(SHORT);
            pages.computeIfAbsent(index(block), page -> new ArrayList<>()).add(block);
        }
        return pages;
    }

    private static int index(long block) {
        return PageArea.FINE.index(block - PageArea.FINE.base);
    }

    /** Who looks at all pages reads without a lock whose each is: by the time that heap is asked, the page may be another's. */
    @Test
    void aPageThatHasComeToAnotherHeapIsLeftAlone() {
        List<Long> blocks = new ArrayList<>();
        for (int i = 0; i < IN_A_PAGE; i++) {
            blocks.add(take(SHORT));
        }
        long kept = blocks.removeLast();
        blocks.forEach(block -> give(SHORT, block));
        int index = index(kept);
        long page = PageArea.FINE.page(index);
        long touched = Page.touched(page);
        PageHeap other = PageHeap.of(CacheTable.stripe(cache), SizeClasses.of(16));
        assertThat(Page.owner(page)).isNotEqualTo(other.index);
        other.purge(index, Long.MAX_VALUE);
        other.touchAll(index, 1);
        assertThat(Page.touched(page)).isEqualTo(touched);
        assertThat(other.copyEntries(index, new byte[2 * Page.GRANULES])).isFalse();
        give(SHORT, kept);
        HeapCheck.quiet();
    }

    /** What comes late, of an idle thread's cache, is old; its page is as young as its youngest. */
    @Test
    void aPageIsAsYoungAsWhatWasFreedThereLast() {
        long kept = take(SHORT);
        long other = take(SHORT);
        while (index(kept) != index(other)) {
            give(SHORT, kept);
            kept = other;
            other = take(SHORT);
        }
        long page = PageArea.FINE.page(index(kept));
        long time = Page.time(page);
        Memory.putLong(slot, other);
        PageHeap.flush(SHORT, slot, 1, time - 1);
        assertThat(Page.time(page)).isGreaterThanOrEqualTo(time);
        give(SHORT, kept);
    }

    /** A block that lies in no magazine; 0 if there is none. */
    private long take(int sizeClass) {
        return PageHeap.refill(cache, sizeClass, slot, 1) == 0 ? 0 : Memory.getLong(slot);
    }

    private void give(int sizeClass, long block) {
        Memory.putLong(slot, block);
        PageHeap.flush(sizeClass, slot, 1, Housekeeper.now());
    }
}
