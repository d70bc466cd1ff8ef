package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is known of free runs that become one, or of which a part is taken. */
class FreeRunsTest {

    /** As many OS pages as make a run long enough to be asked about. */
    private static final int LONG = (1 << 20) >> SystemCalls.OS_PAGE_SHIFT;

    private static final int AREA = 4 * LONG;
    private static final long TICK = 100;

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

    @Test
    void aRunIsAsOldAsTheLongestOfItsParts() {
        free.addAsked(first, LONG, 1, TICK + 1);
        free.addAsked(first + LONG + 1, 2 * LONG, 1, TICK);
        free.addAsked(first + LONG, 1, 1, TICK + 2);
        assertThat(Run.length(first)).isEqualTo(3 * LONG + 1);
        assertThat(Run.freed(first)).isEqualTo(TICK);
        assertThat(Run.resident(first)).isEqualTo(3);
        free.takeFront(first, 3 * LONG + 1);
        free.addAsked(first, 2 * LONG, 1, TICK);
        free.addAsked(first + 2 * LONG + 1, LONG, 1, TICK + 1);
        free.addAsked(first + 2 * LONG, 1, 1, TICK + 2);
        assertThat(Run.length(first)).isEqualTo(3 * LONG + 1);
        assertThat(Run.freed(first)).isEqualTo(TICK);
    }

    @Test
    void whatIsLeftOfARunIsAsOldAndNotAskedAboutAgain() {
        free.addAsked(first, 3 * LONG, LONG, TICK);
        free.takeFront(first, LONG);
        assertThat(free.oldestUnasked()).isEqualTo(Run.NONE);
        assertThat(free.oldestCounted()).isEqualTo(first + LONG);
        assertThat(Run.freed(first + LONG)).isEqualTo(TICK);
        assertThat(Run.resident(first + LONG)).isEqualTo((2 * LONG + 2) / 3);
    }

    @Test
    void theLeastThatWasThereIsThatOfTheTimeSinceItWasAskedLast() {
        free.addDirty(first, 2 * LONG);
        free.leastDirtyBytes();
        free.take(first, LONG);
        free.addDirty(first, LONG);
        assertThat(free.leastDirtyBytes()).isEqualTo((long) LONG << SystemCalls.OS_PAGE_SHIFT);
        assertThat(free.leastDirtyBytes()).isEqualTo((2L * LONG) << SystemCalls.OS_PAGE_SHIFT);
    }

    /** Out of the lists for a moment, so that the system can be asked how much of it is in memory, or given back: nobody needed it. */
    @Test
    void theLeastThatWasThereIsNotWhatAPurgeHasInHand() {
        free.addDirty(first, 2 * LONG);
        free.leastDirtyBytes();
        free.takeFront(first, LONG);
        free.addAsked(first, LONG, 1, TICK);
        assertThat(free.leastDirtyBytes()).isEqualTo((LONG + 1L) << SystemCalls.OS_PAGE_SHIFT);
        free.takeFront(first, 2 * LONG);
        assertThat(free.leastDirtyBytes()).isZero();
    }

    @Test
    void whatIsDueIsFoundThoughWhatWasNotAskedAboutIsNot() {
        long now = Housekeeper.now();
        free.addDirty(first, LONG);
        free.addAsked(first + 2 * LONG, LONG, 1, 0);
        assertThat(free.freedBy(now - 1)).isEqualTo(first + 2 * LONG);
    }

    /** Else the area would grow. */
    @Test
    void aLongerRunIsFoundWhereThoseOfLikeLengthAreTooShort() {
        assertThat(RunBins.bin(LONG)).isEqualTo(RunBins.bin(LONG + 1));
        free.addClean(first, LONG);
        free.addClean(first + LONG + 1, 2 * LONG);
        assertThat(free.find(LONG + 1)).isEqualTo(first + LONG + 1);
    }

    @Test
    void runsThatLieSideBySideAreFoundFromTheFirstOneOn() {
        free.addClean(first, LONG);
        free.addAsked(first + LONG, LONG, 1, TICK);
        free.addClean(first + 2 * LONG, LONG);
        assertThat(free.findSideBySide(3 * LONG)).isEqualTo(first);
        assertThat(free.findSideBySide(3 * LONG + 1)).isEqualTo(Run.NONE);
    }

    @Test
    void atTheEndAreAllThatLieSideBySideThere() {
        free.addDirty(first, LONG);
        assertThat(free.atEnd()).isZero();
        free.addClean(first + AREA - LONG, LONG);
        assertThat(free.atEnd()).isEqualTo(LONG);
        free.addAsked(first + AREA - 2 * LONG, LONG, 1, TICK);
        free.addClean(first + AREA - 3 * LONG, LONG);
        assertThat(free.atEnd()).isEqualTo(AREA);
    }
}
