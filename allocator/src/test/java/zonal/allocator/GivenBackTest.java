package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What was freed goes back to the system, and what will be needed again does not: resident memory and page faults. Limits, not timings. */
@EnabledOnOs(OS.LINUX)
@Tag("once")
class GivenBackTest {

    private static final long MOST_MIB_LEFT = 10;
    private static final int REPLACEMENTS = 3_000_000;

    /** At each decay, something of what is free at the moment goes back: 400 OS pages at most were seen; 14,000 where the decay is a single tick. */
    private static final int MOST_FAULTS_IN_A_DECAY = 2_000;

    // ---- what was freed goes back

    @ParameterizedTest
    @CsvSource({
        "'large=packed,decay=300ms', 400, in-order",
        "'large=packed,decay=300ms', 400, shuffled",
        "'large=packed,decay=300ms', 5000, shuffled",
        "'large=packed,decay=300ms', 200000, in-order",
        "'large=packed,decay=300ms', 200000, shuffled",
        "'large=packed,decay=0s', 400, in-order",
        "'large=strict,decay=300ms', 200000, in-order"
    })
    void freedMemoryGoesBackAfterTheDecay(String options, int bytes, String order) {
        ChildJvm.Result result = ChildJvm.of(GivenBackRun.class, "resident", bytes, 600, MOST_MIB_LEFT, order)
                .options(options)
                .flags("-XX:TieredStopAtLevel=1") // what C2 takes to compile, in memory of the JVM's own, would count
                .run()
                .succeeded();
        assertThat(result.number("peak")).isGreaterThan(550);
        assertThat(result.number("left")).isLessThan(MOST_MIB_LEFT);
        // Beside what it held of 4 MiB; the table of large=strict stays, of 2 MiB at most.
        assertThat(result.number("held")).as("KiB that the allocator holds").isLessThan(2048);
    }

    @Test
    void memoryThatIsNeverToGoBackStays() {
        ChildJvm.Result result = run("decay=never", "resident", 400, 600, 1_000_000, "in-order");
        assertThat(result.number("held")).isGreaterThan(550 << 10);
    }

    @Test
    void partsOfAPageGoBackWhileThePageStaysInUse() {
        // A block in 40,000 bytes: each page of 64 KiB keeps one or two, and so does none of its OS pages but two or
        // four.
        int every = 100;
        ChildJvm.Result result = run("decay=300ms", "resident-parts", 400, 100, every);
        long kept = 100L * (1 << 20) / 400 / every;
        assertThat(result.number("full")).isGreaterThan(95L << 20);
        assertThat(result.number("pages")).isGreaterThan(1_500);
        assertThat(result.number("left")).isLessThan(kept * 2 * 4096);
    }

    @Test
    void partsOfAPageGoBackThoughThePageIsBusy() {
        ChildJvm.Result result = run("decay=300ms", "busy-parts");
        assertThat(result.number("full")).isGreaterThan(19_000_000L);
        assertThat(result.number("left")).isLessThan(500 * 2 * 4096 + (1 << 20));
    }

    @Test
    void aLongRunGoesBackThoughOthersAreFreedBesideIt() {
        ChildJvm.Result result = run("decay=300ms", "beside");
        assertThat(result.number("kept")).isLessThan(1 << 20);
    }

    /** What is cut off of blocks is kept up to the limit, as what is freed. */
    @Test
    void ofBlocksThatBecomeShorterNoMoreIsKeptThanOfFreedOnes() {
        // So that the daemon's tick, which keeps to the limit, comes once a second.
        ChildJvm.Result result = run("decay=60s", "shrunk");
        assertThat(result.number("kept")).isBetween(32L << 20, 72L << 20);
    }

    // ---- what will be needed again is there

    @ParameterizedTest
    @CsvSource({"100000, 1024", "20000, 16384", "200, 400000"})
    void steadyWorkFaultsInNothingThatWasGivenBack(int slots, int most) {
        ChildJvm.Result result = run("decay=100ms", "steady", slots, most, REPLACEMENTS);
        assertThat(result.number("faults")).isLessThan(result.number("decays") * MOST_FAULTS_IN_A_DECAY);
    }

    /** What is hardly in memory is not given back because it is long: less than {@code large-cache} is kept all the same. */
    @Test
    void longBlocksThatAreHardlyWrittenToAreNotGivenBackAtOnce() {
        ChildJvm.Result result =
                ChildJvm.of(GivenBackRun.class, "sparse", 20_000).run().succeeded();
        assertThat(result.number("faults")).isLessThan(20_000);
        assertThat(result.number("resident")).isLessThan(64 << 20);
    }

    /** Of long blocks that are half in memory, no more is kept than of any others; how much they hold is an estimate. */
    @Test
    void longBlocksThatAreHalfWrittenToAreKeptUpToTheLimit() {
        ChildJvm.Result result =
                ChildJvm.of(GivenBackRun.class, "half-written", 400).run().succeeded();
        assertThat(result.number("kept")).isBetween(16L << 20, 128L << 20);
        assertThat(result.number("told")).isLessThanOrEqualTo(72L << 20);
    }

    /** A batch that is freed late holds a little more than {@code large-cache} for the moment: that is not given back and faulted in, each time. */
    @Test
    void batchesThatAreFreedLateFindTheirMemoryThere() {
        int rounds = 20;
        ChildJvm.Result result =
                run("decay=60s", "late-frees", rounds); // so that the tick comes once a second, as above
        // 16,000 where what is above the limit goes back at once, 200,000 where all of the oldest run does.
        assertThat(result.number("faults")).isLessThan(5_000);
        assertThat(result.number("kept")).isLessThanOrEqualTo(72L << 20);
        assertThat(result.number("kept-longer")).isBetween(60L << 20, 64L << 20);
    }

    @Test
    void whatIsNeededBetweenTwoTicksIsKept() {
        ChildJvm.Result result = run("decay=60s", "needed-again");
        assertThat(result.number("kept")).isBetween(95L << 20, 110L << 20);
    }

    @Test
    void ofWhatIsKeptAboveTheLimitWhatWasNotNeededGoesBackAndNoMore() {
        ChildJvm.Result result = run("decay=60s", "needed-in-part");
        assertThat(result.number("kept"))
                .isBetween(85L << 20, 105L << 20); // 120, less the 26 of 90 that were above the limit all the time
    }

    /** Of the default as much may be kept as is in use, which the block is no more. */
    @ParameterizedTest
    @CsvSource({"'large-cache=16m,decay=600s', 40", "decay=600s, 100"})
    void aBlockThatIsTooLongToBeKeptIsNotKeptInThePlaceOfOthers(String options, long mib) {
        ChildJvm.Result result = run(options, "too-long", mib);
        assertThat(result.number("kept-before")).isGreaterThanOrEqualTo(9L << 20);
        assertThat(result.number("kept")).isEqualTo(result.number("kept-before"));
    }

    @Test
    void whatWasFreedFirstGoesBackFirst() {
        ChildJvm.Result result = run("large-cache=4m,decay=10s", "oldest");
        assertThat(result.number("older")).isBetween(1L << 19, 1L << 20); // no more goes back than must
        assertThat(result.number("newer")).isEqualTo(3 << 20);
    }

    /** The housekeeper sees to that at each of its ticks, long before the decay. */
    @Test
    void whatIsNotNeededBetweenTwoTicksIsKeptUpToTheLimit() {
        ChildJvm.Result result = run("decay=600s", "needed-no-more");
        assertThat(result.number("kept")).isBetween(60L << 20, 64L << 20);
    }

    /** More than {@code large-cache} is kept as long as it is needed again and again, and no longer. */
    @Test
    void longBlocksThatAreReplacedFindTheirMemoryThere() {
        int replacements = 2_000;
        ChildJvm.Result result = run("decay=60s", "long-blocks", replacements);
        assertThat(result.number("faults"))
                .isLessThan(replacements * 20L); // 280,000 where no more than large-cache is kept
        assertThat(result.number("kept")).isBetween(80L << 20, 264L << 20);
        assertThat(result.number("kept-longer")).isLessThanOrEqualTo(64L << 20);
    }

    /** What is sampled is not kept by the thread, and goes another way. */
    @Test
    void whatTheThreadKeepsNoLongerIsKeptUpToTheLimit() {
        ChildJvm.Result result = run("large-cache=1m,decay=600s,sample=0", "short-blocks");
        assertThat(result.number("kept")).isBetween(1L << 19, 1L << 20);
    }

    @ParameterizedTest
    @ValueSource(strings = {"decay=0s,sample=0", "large-cache=0,sample=0"})
    void whereNothingIsToBeKeptAFreedRunGoesBackBeforeItsFreeReturns(String options) {
        ChildJvm.Result result = run(options, "short-blocks");
        assertThat(result.number("kept")).isZero();
        assertThat(result.number("kept-by-thread")).isZero();
    }

    @Test
    void fourTimesTheLimitIsTheMostThatIsKeptForTheMoment() {
        ChildJvm.Result result = run("decay=600s", "at-work");
        assertThat(result.number("kept")).isBetween(60L << 20, (4 * 64 + 8L) << 20);
    }

    /** Of another value than the default no more is kept, also while it is needed again and again. */
    @Test
    void aLargeCacheThatWasSetIsTheMost() {
        ChildJvm.Result result = run("large-cache=16m,decay=60s", "long-blocks", 200);
        assertThat(result.number("kept")).isBetween(1L << 20, 16L << 20);
    }

    /** The page map of what is free, whether blocks go back one by one, as they are freed, or together. */
    @ParameterizedTest
    @ValueSource(strings = {"decay=0s", "large-cache=0", "decay=60s"})
    void whatToldOfFreedRunsGoesBackWithThem(String options) {
        ChildJvm.Result result = run(options, "run-map", 40_000, 100_000);
        assertThat(result.number("full")).isGreaterThan(30L << 20);
        assertThat(result.number("left")).isLessThan(3L << 20);
    }

    @ParameterizedTest
    @ValueSource(strings = {"comb", "comb-grown"})
    void aLongBlockTakesWhatLiesSideBySideBeforeTheAreaGrows(String comb) {
        ChildJvm.Result result = run("decay=60s", comb);
        assertThat(result.number("moved")).isZero();
        assertThat(result.number("grown")).isZero();
        assertThat(result.number("faults"))
                .isBetween(10_000L, 16_000L); // half of the block's 25,600 OS pages were there
        assertThat(result.number("fresh")).isZero();
    }

    @Test
    void buffersThatGrowAgainAndAgainFindTheirMemoryThere() {
        ChildJvm.Result result = ChildJvm.of(GivenBackRun.class, "growth-in-turn", 8 << 20, 20)
                .run()
                .succeeded();
        assertThat(result.number("faults")).isLessThan(1_000); // 82,000 if each round's were new
        // 23 MiB are two blocks at their longest and what one was copied from; 40 where the area grows while runs that
        // lie side by side are free.
        assertThat(result.number("kept")).isLessThan(36L << 20);
    }

    private static ChildJvm.Result run(String options, Object... arguments) {
        return ChildJvm.of(GivenBackRun.class, arguments).options(options).run().succeeded();
    }
}
