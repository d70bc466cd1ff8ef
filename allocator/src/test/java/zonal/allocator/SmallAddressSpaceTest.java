package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the system grants little address space, the range is smaller, and all else is as ever. */
@Tag("once")
class SmallAddressSpaceTest {

    private static final long KIB_FOR_THE_JVM = 2_500_000;

    @ParameterizedTest
    @ValueSource(longs = {1_000_000, 3_000_000, 12_000_000})
    void theRangeShrinksUntilTheSystemAgrees(long kib) {
        ChildJvm.Result result = run(kib, "all", "");
        assertThat(result.number("reserved")).isLessThan((KIB_FOR_THE_JVM + kib) << 9);
        assertThat(result.number("largest")).isPositive();
        for (int eighths : new int[] {4, 5, 6}) {
            assertThat(result.number("of-area-" + eighths))
                    .as("a block of " + eighths + " eighths of the run area, which is free")
                    .isOne();
        }
        assertThat(result.number("threads")).isEqualTo(SmallAddressSpaceRun.THREADS);
    }

    /** Where no new page can be had, a block is found in whatever page has room. */
    @ParameterizedTest
    @CsvSource({"other-stripes, 4000", "own-bin, 1", "stale-bounds, 1"})
    void aFullAreaServesWhatFits(String fill, int blocks) {
        ChildJvm.Result result = run(0, fill, "sample=0,decay=60s");
        assertThat(result.number("served")).isEqualTo(blocks);
    }

    private static ChildJvm.Result run(long kib, String fill, String options) {
        return ChildJvm.of(SmallAddressSpaceRun.class, fill)
                .options(options)
                .flags("-XX:ReservedCodeCacheSize=64m", "-XX:CompressedClassSpaceSize=64m", "-Xmx128m")
                .under("bash", "-c", "ulimit -v " + (KIB_FOR_THE_JVM + kib) + "; exec \"$0\" \"$@\"")
                .run()
                .succeeded();
    }
}
