package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@EnabledOnOs(OS.LINUX)
class ResidentPagesTest {

    private static final int ESTIMATES = 20_000;

    /** Of every so many OS pages, the first few are written to; also where the last stretch is a short one. */
    @ParameterizedTest
    @CsvSource({"300, 1, 3", "300, 150, 300", "1000, 1, 1000", "5000, 7, 100", "17001, 8500, 17001", "20000, 1, 64"})
    void theMeanOfManyEstimatesIsWhatIsInMemory(int pages, int written, int ofEvery) {
        long block = Allocator.malloc((long) pages << SystemCalls.OS_PAGE_SHIFT);
        SystemCalls.purge(block, (long) pages << SystemCalls.OS_PAGE_SHIFT);
        int resident = 0;
        for (int i = 0; i < pages; i++) {
            if (i % ofEvery < written) {
                Memory.putByte(block + ((long) i << SystemCalls.OS_PAGE_SHIFT), (byte) 1);
                resident++;
            }
        }
        long sum = 0;
        for (int i = 0; i < ESTIMATES; i++) {
            int estimate = ResidentPages.estimate(block, pages);
            assertThat(estimate).isBetween(0, pages);
            sum += estimate;
        }
        Allocator.free(block);
        // where one page of a thousand is in memory, one estimate in 32 is 32: the mean's standard error is 4 %
        assertThat((double) sum / ESTIMATES).isCloseTo(resident, withPercentage(20));
    }

    @Test
    void ofFewPagesItIsExact() {
        long block = Allocator.malloc(32L << SystemCalls.OS_PAGE_SHIFT);
        SystemCalls.purge(block, 32L << SystemCalls.OS_PAGE_SHIFT);
        for (int i = 0; i <= 32; i++) {
            assertThat(ResidentPages.estimate(block, 32)).isEqualTo(i);
            if (i < 32) {
                Memory.putByte(block + ((long) i << SystemCalls.OS_PAGE_SHIFT), (byte) 1);
            }
        }
        Allocator.free(block);
    }
}
