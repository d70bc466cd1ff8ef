package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Free runs that become one: what is known of the whole. */
class FreeRunsTest {

    /** As many OS pages as make a run long enough to be asked about. */
    private static final int LONG = (1 << 20) >> SystemCalls.OS_PAGE_SHIFT;

    private static final int AREA = 4 * LONG;

    /** The entries of a live run's inside say nothing, and nobody reads them. */
    private final long block = Allocator.malloc((AREA + 2L) << SystemCalls.OS_PAGE_SHIFT);

    private final int first = RunHeap.index(block) + 2;
    private final FreeRuns free = new FreeRuns();

    FreeRunsTest() {
        free.extend(first, AREA);
        free.takeFront(first, AREA);
    }

    @AfterEach
    void nothingIsLeft() {
        for (int i = 0; i < AREA; i++) {
            Run.clear(first + i);
        }
        Allocator.free(block);
        HeapCheck.quiet();
    }

    /** Else nobody would ever ask about that part, and all of it would count as if it were in memory. */
    @Test
    void aRunIsAskedAboutAgainWhenOneThatWasNotIsAddedToIt() {
        long now = Housekeeper.now();
        free.addDirty(first + LONG, LONG);
        free.addAsked(first, LONG, 1, now);
        assertThat(free.oldestUnasked()).isEqualTo(first);
        free.addAsked(first + 2 * LONG, LONG, 1, now);
        assertThat(free.oldestUnasked()).isEqualTo(first);
        assertThat(free.oldestCounted()).isEqualTo(Run.NONE);
        assertThat(free.dirtyBytes()).isEqualTo((LONG + 2L) << SystemCalls.OS_PAGE_SHIFT);
    }
}
