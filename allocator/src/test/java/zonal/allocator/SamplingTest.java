package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the sample says of blocks that were really taken, resized and freed, by several threads. */
@Tag("once")
class SamplingTest {

    private static final int BLOCKS = 150_000;

    /** Takes of one class: three times as many as a magazine counts. */
    private static final int LONG_INTERVAL = 3 << 20;

    @ParameterizedTest
    @ValueSource(strings = {"sample=16k", "sample=200", "sample=16k,large=strict", "sample=1,large-cache=0"})
    void liveBytesAreEstimatedAndNoSampleOutlivesItsBlock(String options) {
        ChildJvm.Result result = ChildJvm.of(SamplingRun.class, BLOCKS, "mixed")
                .options(options)
                .run()
                .succeeded();
        double error = result.number("error");
        double bytes = result.number("bytes");
        // Six standard errors: the seed is another each time.
        assertThat((double) result.number("estimate")).isCloseTo(bytes, within(6 * error + bytes / 1e6));
        assertThat(error).isLessThan(bytes / 20); // so that the bound says something
        assertThat(result.number("samples")).isGreaterThan(500);
        assertThat(result.number("samplesAtLast")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sample=1m", "sample=1m,large=strict"})
    void aRunThatShrinksAndGrowsInPlaceCountsOnce(String options) {
        assertCountedOnce("shrunk-and-grown", options);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sample=1m", "sample=1m,large=strict"})
    void aBlockThatCannotGrowCountsAsBefore(String options) {
        assertCountedOnce("too-long", options);
    }

    private static void assertCountedOnce(String how, String options) {
        ChildJvm.Result result = ChildJvm.of(SamplingRun.class, 5_000, how)
                .options(options)
                .run()
                .succeeded();
        double bytes = result.number("bytes");
        assertThat((double) result.number("estimate")).isCloseTo(bytes, within(6.0 * result.number("error")));
        assertThat((double) result.number("takenBytes")).isCloseTo(bytes, within(6.0 * result.number("error")));
        assertThat((double) result.number("error")).isLessThan(bytes / 10);
        assertThat(result.number("samplesAtLast")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sample=0", "sample=0,large=strict"})
    void withoutSamplingThereIsNone(String options) {
        ChildJvm.Result result = ChildJvm.of(SamplingRun.class, BLOCKS, "mixed")
                .options(options)
                .run()
                .succeeded();
        assertThat(result.number("samples")).isZero();
        assertThat(result.number("estimate")).isZero();
    }

    /** A magazine counts a million takes: of a longer interval, it counts the rest anew. */
    @Test
    void anIntervalThatAMagazineCountsInPartsEndsOnce() {
        ChildJvm.Result result = ChildJvm.of(SamplingRun.class, LONG_INTERVAL, "long-interval")
                .options("sample=1000000g") // the chance that it ends earlier is less than one in a million
                .run()
                .succeeded();
        assertThat(result.number("taken")).isEqualTo(LONG_INTERVAL);
        assertThat(result.number("takenBytes")).isZero();
    }
}
