package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RunSlotTest {

    /** A quarter of what the magazines of a cache may hold, 4 MiB at most. */
    private static final long MOST_KEPT = 1 << 20;

    @Test
    void aLongRunIsNotKept() {
        long cache = OwnCache.get();
        assertThat(cache).isNotZero();
        long bytes = MOST_KEPT + SystemCalls.OS_PAGE_SIZE;
        for (int i = 0; i < 20; i++) { // one or the other may be sampled, and then isn't kept anyway
            Allocator.free(Allocator.malloc(bytes));
            assertThat(RunSlot.pages(cache)).isLessThan(RunHeap.pagesFor(bytes));
        }
    }
}
