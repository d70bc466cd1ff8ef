package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the system refuses calls, the allocator goes another way, or says that there is no memory, and loses nothing. */
@Tag("once")
class RefusalTest {

    @ParameterizedTest
    @ValueSource(strings = {"mmap", "mprotect"})
    void withoutMemoryToStartWithItSaysSoInOneLine(String call) {
        ChildJvm.Result result =
                ChildJvm.of(RefusalRun.class, "start", call).run().succeeded();
        assertThat(result.number("started")).isZero();
        assertThat(result.out().lines().skip(1)).singleElement().asString().contains("the system refuses");
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 256, 512, 1024, 1536, 2048, 3072, 4096, 6144, 8192})
    void withTooLittleMemoryToStartWithItStartsOrSaysSoInOneLine(int kib) {
        ChildJvm.Result result =
                ChildJvm.of(RefusalRun.class, "start-limit", kib).run().succeeded();
        assertThat(result.err()).isEmpty();
        assertThat(result.out().lines().skip(1)).hasSize(result.number("started") == 1 ? 0 : 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"munmap", "madvise", "mremap"})
    void itStartsWithoutTheCallsThatGiveMemoryBack(String call) {
        ChildJvm.Result result =
                ChildJvm.of(RefusalRun.class, "start", call).run().succeeded();
        assertThat(result.number("started")).isOne();
    }

    @ParameterizedTest
    @ValueSource(strings = {"large=packed", "large=strict", "large=packed,decay=0s"})
    void underStrictOvercommitItServesWhatTheSystemGrantsAndNoMore(String options) {
        ChildJvm.Result result = ChildJvm.of(RefusalRun.class, "commit-limit", 100)
                .options(options)
                .run()
                .succeeded();
        for (long size : RefusalRun.SIZES) {
            assertThat(result.number("refused-" + size)).isPositive();
            assertThat(result.number("blocks-" + size) * size).isBetween(60L << 20, 200L << 20);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void withoutBarriersBlocksAreFreedByWhoeverFreesThem(boolean fromTheStart) {
        ChildJvm.of(RefusalRun.class, "no-barriers", fromTheStart).run().succeeded();
    }

    /** Without one, a thread that frees in its biased page may not be seen, and a block be freed twice. */
    @Test
    void whoRevokesABiasHasAllThreadsPassABarrier() {
        ChildJvm.Result result = ChildJvm.of(RefusalRun.class, "barriers").run().succeeded();
        assertThat(result.number("biased")).isPositive();
        assertThat(result.number("barriers")).isGreaterThanOrEqualTo(result.number("biased"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"large=packed,decay=0s", "large=strict,decay=0s", "large=packed,zero-on-free=on"})
    void whicheverCallIsRefusedNoBlockIsLostOrDisturbed(String options) {
        ChildJvm.Result result =
                ChildJvm.of(RefusalRun.class, "in-turn").options(options).run().succeeded();
        assertThat(result.number("refused-in-turn")).isGreaterThan(20);
    }

    @Test
    void strictGoesAnotherWayWhereTheSystemRefusesAndLosesNothing() {
        ChildJvm.of(RefusalRun.class, "strict")
                .options("large=strict,decay=never")
                .run()
                .succeeded();
    }

    @Test
    void whatTheSystemDoesNotTakeBackGoesBackWhenItDoes() {
        ChildJvm.Result result = ChildJvm.of(RefusalRun.class, "not-taken-back")
                .options("decay=never")
                .run()
                .succeeded();
        assertThat(result.number("refused")).isPositive();
        assertThat(result.number("kept")).isGreaterThan(19_000_000L);
        assertThat(result.number("left")).isLessThan(250 * 2 * 4096 + (2 << 20));
    }

    /** The lock of a heap is not held meanwhile. */
    @Test
    void whatIsTakenWhileMemoryGoesBackKeepsItsContents() {
        ChildJvm.Result result = ChildJvm.of(RefusalRun.class, "taken-meanwhile")
                .options("decay=never")
                .run()
                .succeeded();
        assertThat(result.number("taken")).isGreaterThan(10_000L);
    }

    @Test
    void aThreadGetsACacheOfItsOwnWhenThereIsMemoryForIt() {
        ChildJvm.Result result = ChildJvm.of(RefusalRun.class, "no-cache").run().succeeded();
        assertThat(result.number("refused")).isBetween(1L, 200L / 16); // not asked for with each of 200 calls
        assertThat(result.number("own-meanwhile")).isZero();
        assertThat(result.number("own-then")).isOne();
    }

    @Test
    void whicheverPartOfABlockCannotMoveItsContentsDo() {
        ChildJvm.of(RefusalRun.class, "moved-parts").run().succeeded();
    }

    @Test
    void aBlockThatCanNeitherMoveNorBeCopiedStaysAsItWas() {
        ChildJvm.of(RefusalRun.class, "not-mapped-again")
                .options("sample=1")
                .run()
                .succeeded();
    }

    @Test
    void noReaderLooksAtABlockThatOsPagesAreMovedTo() {
        ChildJvm.of(RefusalRun.class, "seen-meanwhile").run().succeeded();
    }

    @Test
    void aMappingThatTheSystemKeepsIsNotInTheWayOfOthers() {
        ChildJvm.of(RefusalRun.class, "unmapped-in-turn")
                .options("large=strict,decay=never")
                .run()
                .succeeded();
    }

    @Test
    void strictServesRunsWhileTheSystemKeepsItsMappings() {
        ChildJvm.Result result = ChildJvm.of(RefusalRun.class, "full-table")
                .options("large=strict,decay=100ms")
                .run()
                .succeeded();
        assertThat(result.number("mapped")).isBetween(10_000L, 1L << 15);
    }
}
