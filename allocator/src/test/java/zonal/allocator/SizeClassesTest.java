package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How far requests are rounded up. */
class SizeClassesTest {

    @Test
    void aClassHoldsTheRequest() {
        for (int bytes = 1; bytes <= SizeClasses.MAX; bytes++) {
            assertThat(SizeClasses.size(SizeClasses.of(bytes))).isGreaterThanOrEqualTo(bytes);
        }
    }

    @Test
    void aLargerRequestHasNoSmallerClass() {
        for (int bytes = 2; bytes <= SizeClasses.MAX; bytes++) {
            assertThat(SizeClasses.of(bytes)).isBetween(SizeClasses.of(bytes - 1), SizeClasses.of(bytes - 1) + 1);
            assertThat(SizeClasses.size(SizeClasses.of(bytes)))
                    .isGreaterThanOrEqualTo(SizeClasses.size(SizeClasses.of(bytes - 1)));
        }
    }

    @Test
    void upToOneKiBNoMoreThanFifteenBytesAreLost() {
        for (int bytes = 1; bytes <= 1024; bytes++) {
            assertThat(SizeClasses.size(SizeClasses.of(bytes)) - bytes).isLessThan(16);
        }
    }

    @Test
    void aboveOneKiBLessThanASixteenthIsLost() {
        for (int bytes = 1025; bytes <= SizeClasses.MAX; bytes++) {
            assertThat((SizeClasses.size(SizeClasses.of(bytes)) - bytes) * 16L).isLessThan(bytes);
        }
    }

    @Test
    void everyBlockIsWholeGranulesOfItsArea() {
        for (int bytes = 1; bytes <= SizeClasses.MAX; bytes++) {
            int sizeClass = SizeClasses.of(bytes);
            boolean fine = SizeClasses.isFine(sizeClass);
            assertThat(fine).isEqualTo(bytes <= SizeClasses.FINE_MAX);
            assertThat(SizeClasses.size(sizeClass) % (fine ? 16 : 64)).isZero();
        }
    }

    @Test
    void aClassIsItsOwnSizesClass() {
        for (int bytes = 1; bytes <= SizeClasses.MAX; bytes++) {
            int sizeClass = SizeClasses.of(bytes);
            assertThat(sizeClass).isBetween(1, SizeClasses.COUNT - 1);
            assertThat(SizeClasses.of(SizeClasses.size(sizeClass))).isEqualTo(sizeClass);
        }
    }

    @Test
    void aClassBelongsToTheZoneOfItsRequests() {
        for (int bytes = 1; bytes <= SizeClasses.MAX; bytes++) {
            assertThat(SizeClasses.zone(SizeClasses.of(bytes))).isEqualTo(Zone.of(bytes));
        }
    }

    @Test
    void aRunLosesLessThanAnOsPage() {
        for (long bytes : new long[] {SizeClasses.MAX + 1, 65_535, 65_536, 65_537, 1_000_000, (8 << 20) + 1}) {
            long block = Allocator.malloc(bytes);
            assertThat(Allocator.usableSize(block) - bytes).isBetween(0L, SystemCalls.OS_PAGE_SIZE - 1L);
            Allocator.free(block);
        }
    }
}
