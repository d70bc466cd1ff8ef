package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ColdPagesTest {

    private static final int GROUPS = 4;
    private static final int PAGES = GROUPS * ColdPages.GROUP_PAGES;

    /** A word more, in which all bits are set, for who looks for a page behind the end. */
    private final long bitmap = Allocator.calloc(PAGES / Byte.SIZE + Long.BYTES, 1);

    @BeforeEach
    void setBitsBehindTheEnd() {
        Memory.putLong(bitmap + PAGES / Byte.SIZE, -1);
    }

    @AfterEach
    void freeBitmap() {
        Allocator.free(bitmap);
    }

    /** While the system call runs that takes a group's metadata back, other pages are taken. */
    @Test
    void thePagesOfAGroupThatWasHeldAreThereWhenOthersWereTakenMeanwhile() {
        ColdPages cold = new ColdPages(bitmap, PAGES);
        for (int i = 0; i < ColdPages.GROUP_PAGES; i++) {
            cold.use(i);
            cold.add(i);
        }
        int other = PAGES - 1;
        cold.add(other);
        assertThat(cold.hold(0)).isTrue();
        assertThat(cold.take()).isEqualTo(other);
        cold.release(0, true);
        assertThat(cold.isUsed(0)).isFalse();
        assertThat(cold.count()).isEqualTo(ColdPages.GROUP_PAGES);
        assertThat(cold.take()).isZero();
        assertThat(cold.isUsed(0)).isTrue();
    }

    @Test
    void theLowestIsTakenThoughItHasComeLast() {
        ColdPages cold = new ColdPages(bitmap, PAGES);
        for (int page : new int[] {PAGES - 1, PAGES - 2, 0}) {
            cold.add(page);
            assertThat(cold.take()).isEqualTo(page);
        }
        for (int page : new int[] {PAGES - 1, PAGES / 2, 1}) {
            cold.add(page);
        }
        assertThat(cold.take()).isOne();
        assertThat(cold.take()).isEqualTo(PAGES / 2);
        assertThat(cold.take()).isEqualTo(PAGES - 1);
        assertThat(cold.count()).isZero();
    }
}
