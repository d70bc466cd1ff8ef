package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ColdPagesTest {

    private static final int GROUPS = 4;

    /** While the system call runs that takes a group's metadata back, other pages are taken. */
    @Test
    void thePagesOfAGroupThatWasHeldAreThereWhenOthersWereTakenMeanwhile() {
        int pages = GROUPS * ColdPages.GROUP_PAGES;
        // A word more, in which all bits are set, for who looks for a page behind the end.
        long bitmap = Allocator.calloc(pages / Byte.SIZE + Long.BYTES, 1);
        Memory.putLong(bitmap + pages / Byte.SIZE, -1);
        ColdPages cold = new ColdPages(bitmap, pages);
        for (int i = 0; i < ColdPages.GROUP_PAGES; i++) {
            cold.use(i);
            cold.add(i);
        }
        int other = pages - 1;
        cold.add(other);
        assertThat(cold.hold(0)).isTrue();
        assertThat(cold.take()).isEqualTo(other);
        cold.release(0, true);
        assertThat(cold.isUsed(0)).isFalse();
        assertThat(cold.count()).isEqualTo(ColdPages.GROUP_PAGES);
        assertThat(cold.take()).isZero();
        assertThat(cold.isUsed(0)).isTrue();
        Allocator.free(bitmap);
    }
}
