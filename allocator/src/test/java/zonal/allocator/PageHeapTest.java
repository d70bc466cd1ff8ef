package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
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

    @AfterEach
    void freeSlot() {
        Allocator.free(slot);
    }

    /** That a page may have a free run of some length is a bound. Where it is too high in all that a refill looks at, it takes a new one. */
    @Test
    void whereNoPageHasTheRoomThatItMayHaveANewOneIsTaken() {
        drainAll();
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
        int index = PageArea.FINE.index(last - PageArea.FINE.base);
        assertThat(Page.owner(PageArea.FINE.page(index))).isEqualTo(heap.index);
        assertThat(Page.blocks(PageArea.FINE.page(index))).isEqualTo(1);
        give(LONG, last);
        blocks.forEach(block -> give(SHORT, block));
        HeapCheck.quiet();
    }

    /** What lies in caches and depots goes to the heaps: the housekeeper finds nothing there that it could give back to a page later. */
    private static void drainAll() {
        CacheTable.sweep();
        CacheTable.drainShared(true);
        OwnCache.drain();
        Backlog.drain();
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
        int index = PageArea.FINE.index(kept - PageArea.FINE.base);
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

    /** A block that lies in no magazine; 0 if there is none. */
    private long take(int sizeClass) {
        return PageHeap.refill(cache, sizeClass, slot, 1) == 0 ? 0 : Memory.getLong(slot);
    }

    private void give(int sizeClass, long block) {
        Memory.putLong(slot, block);
        PageHeap.flush(sizeClass, slot, 1, Housekeeper.now());
    }
}
