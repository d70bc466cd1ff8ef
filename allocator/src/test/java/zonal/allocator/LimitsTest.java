package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.assertj.core.data.Percentage.withPercentage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the system sees of it: system calls, page faults, resident memory, mappings. Limits, not timings. */
@EnabledOnOs(OS.LINUX)
class LimitsTest {

    private static final int BLOCKS = 64;
    private static final long MOST_MIB_LEFT = 10;
    private static final long MOST_HELD_BY_IDLE_THREADS = 100_000L << 10;
    private static final int REPLACEMENTS = 3_000_000;

    @TempDir
    private Path folder;

    // ---- system calls

    @Test
    void strictIsOneMappingCallForEachMallocReallocAndFree() throws IOException {
        List<List<String>> parts = trace("trace-strict", "large=strict", 4);
        assertThat(names(parts.get(0))).containsExactly(Map.entry("mmap", BLOCKS));
        assertThat(names(parts.get(1))).containsExactly(Map.entry("mremap", BLOCKS));
        assertThat(names(parts.get(2))).containsExactly(Map.entry("munmap", BLOCKS));
        for (int i = 0; i < BLOCKS; i++) {
            long bytes = (2_000 + i * 1_000L + 4095) & -4096;
            assertThat(parts.get(0).get(i)).contains(", " + bytes + ", PROT_READ|PROT_WRITE");
        }
    }

    @Test
    void packedMakesNoSystemCallOnceItIsWarm() throws IOException {
        assertThat(names(trace("trace-packed", "large=packed", 2).getFirst())).isEmpty();
    }

    @Test
    void freePagesGoBackSixtyFourAtATime() throws IOException {
        List<List<String>> parts = trace("trace-purge", "decay=never", 2);
        assertThat(names(parts.getFirst()).keySet()).containsOnly("madvise");
        // 1,024 pages, and apart from them their block map and their metadata; and a few that are in use in part
        assertThat(parts.getFirst()).hasSizeBetween(48, 64);
    }

    /** The main thread's calls that concern memory, between its marks. */
    private List<List<String>> trace(String what, String options, int marks) throws IOException {
        Path file = folder.resolve("trace");
        Path probe = folder.resolve("probe");
        assumeThat(succeeds("strace", "-o", probe.toString(), "true"))
                .as("strace is installed and allowed here")
                .isTrue();
        ChildJvm.of(LimitsRun.class, what)
                .options(options)
                .under("strace", "-f", "-e", "trace=mmap,munmap,mremap,madvise,mprotect", "-o", file.toString())
                .run()
                .succeeded();
        List<String> lines = Files.readAllLines(file);
        String thread = lines.stream()
                .filter(line -> line.contains("munmap(0x1, 1"))
                .findFirst()
                .orElseThrow()
                .split(" ", 2)[0];
        List<List<String>> parts = new ArrayList<>();
        for (String line : lines) {
            if (line.startsWith(thread + " ") && !line.contains("resumed>")) {
                if (line.matches(".*munmap\\(0x[0-9], 1\\b.*")) {
                    parts.add(new ArrayList<>());
                } else if (!parts.isEmpty() && !isTheJvms(line)) {
                    parts.getLast().add(line);
                }
            }
        }
        assertThat(parts).hasSize(marks);
        return parts;
    }

    /** The JVM commits memory for its own data structures, on whichever thread needs it, in this way. */
    private static boolean isTheJvms(String line) {
        return line.contains("MAP_FIXED") || line.contains("mprotect(");
    }

    private static Map<String, Integer> names(List<String> calls) {
        Map<String, Integer> counts = new HashMap<>();
        for (String call : calls) {
            counts.merge(call.replaceAll("^\\d+ +([a-z]+)\\(.*", "$1"), 1, Integer::sum);
        }
        return counts;
    }

    private static boolean succeeds(String... command) {
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    // ---- realloc

    @ParameterizedTest
    @CsvSource({
        "realloc, large=packed",
        "realloc-among-neighbours, large=packed",
        "realloc, large=strict",
        "realloc-among-neighbours, large=strict"
    })
    void reallocOf16MibTo128MibCopiesAndTouchesNothing(String what, String options) {
        ChildJvm.Result result =
                ChildJvm.of(LimitsRun.class, what).options(options).run().succeeded();
        // 16 MiB copied would be 4,096 faults.
        assertThat(result.number("faults")).isLessThan(400);
        assertThat(result.number("kib")).isLessThan(1024);
    }

    @Test
    void aBlockThatMovesAgainAndAgainIsNotCopied() {
        ChildJvm.Result result =
                ChildJvm.of(LimitsRun.class, "realloc-again").run().succeeded();
        for (int mib : new int[] {64, 128}) {
            assertThat(result.number("moved-" + mib)).isOne();
            assertThat(result.number("faults-" + mib)).isLessThan(400);
        }
    }

    @ParameterizedTest
    @CsvSource({"in-place, 14", "moved, 60"})
    void shrinkingGivesMemoryBack(String where, long mib) {
        ChildJvm.Result result =
                ChildJvm.of(LimitsRun.class, "shrink", where).run().succeeded();
        assertThat(result.number("given-back")).isGreaterThan(mib << 20);
    }

    // ---- huge pages

    @Test
    void hugePagesAreForLargeBlocksAndOnlyOnRequest() throws IOException {
        assumeThat(Files.readString(Path.of("/sys/kernel/mm/transparent_hugepage/enabled")))
                .doesNotContain("[never]");
        ChildJvm.Result off = ChildJvm.of(LimitsRun.class, "huge-pages").run().succeeded();
        assertThat(off.number("huge")).isZero();
        ChildJvm.Result advised = ChildJvm.of(LimitsRun.class, "huge-pages")
                .options("huge-pages=advise")
                .run()
                .succeeded();
        assertThat(advised.number("huge")).isGreaterThan(40L << 20);
        assertThat(advised.number("huge-after")).isZero();
        assertThat(advised.number("mappings-less"))
                .as("one mapping with its neighbours again")
                .isPositive();
    }

    // ---- threads

    @Test
    void tenThousandIdleThreadsHoldLittleAndEndedOnesNothing() {
        ChildJvm.Result result = ChildJvm.of(LimitsRun.class, "idle-threads", 10_000)
                .options("decay=300ms")
                .run()
                .succeeded();
        assertThat(result.number("live"))
                .isCloseTo(10_000L * 50 * (2 + 4 + 6 + 8 + 10 + 12 + 14 + 16 + 18 + 20), withPercentage(2));
        assertThat(result.number("held")).isLessThan(MOST_HELD_BY_IDLE_THREADS);
        assertThat(result.number("ended-live")).isZero();
        assertThat(result.number("ended-cached")).isZero();
        assertThat(result.number("ended-held")).isLessThan(16L << 20);
    }

    // ---- strict overcommit

    /** The system charges what is accessible, touched or not, where {@code vm.overcommit_memory} is 2. */
    @Test
    void aStartMakesLittleMemoryAccessible() {
        ChildJvm.Result result = ChildJvm.of(LimitsRun.class, "start").run().succeeded();
        assertThat(result.number("mapped")).isLessThan(12 << 20);
    }

    // ---- memory goes back

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
        ChildJvm.Result result = ChildJvm.of(LimitsRun.class, "resident", bytes, 600, MOST_MIB_LEFT, order)
                .options(options)
                .run()
                .succeeded();
        assertThat(result.number("peak")).isGreaterThan(550);
        assertThat(result.number("left")).isLessThan(MOST_MIB_LEFT);
        // Beside what it held of 4 MiB; the table of large=strict stays, of 2 MiB at most.
        assertThat(result.number("held")).as("KiB that the allocator holds").isLessThan(2048);
    }

    @Test
    void memoryThatIsNeverToGoBackStays() {
        ChildJvm.Result result = ChildJvm.of(LimitsRun.class, "resident", 400, 600, 1_000_000, "in-order")
                .options("decay=never")
                .run()
                .succeeded();
        assertThat(result.number("held")).isGreaterThan(550 << 10);
    }

    @Test
    void partsOfAPageGoBackWhileThePageStaysInUse() {
        // A block in 40,000 bytes: each page of 64 KiB keeps one or two, and so does none of its OS pages but two or
        // four.
        int every = 100;
        ChildJvm.Result result = ChildJvm.of(LimitsRun.class, "resident-parts", 400, 100, every)
                .options("decay=300ms")
                .run()
                .succeeded();
        long kept = 100L * (1 << 20) / 400 / every;
        assertThat(result.number("full")).isGreaterThan(95L << 20);
        assertThat(result.number("pages")).isGreaterThan(1_500);
        assertThat(result.number("left")).isLessThan(kept * 2 * 4096);
    }

    @ParameterizedTest
    @CsvSource({"100000, 1024", "20000, 16384", "200, 400000"})
    void steadyWorkFaultsInNothingThatWasGivenBack(int slots, int most) {
        ChildJvm.Result result = ChildJvm.of(LimitsRun.class, "steady", slots, most, REPLACEMENTS)
                .options("decay=100ms")
                .run()
                .succeeded();
        assertThat(result.number("faults")).isLessThan(REPLACEMENTS / 100);
    }

    /** What is hardly in memory is not given back because it is long: less than {@code large-cache} is kept all the same. */
    @Test
    void longBlocksThatAreHardlyWrittenToAreNotGivenBackAtOnce() {
        ChildJvm.Result result =
                ChildJvm.of(LimitsRun.class, "sparse", 20_000).run().succeeded();
        assertThat(result.number("faults")).isLessThan(20_000);
        assertThat(result.number("resident")).isLessThan(64 << 20);
    }

    /** Of long blocks that are half in memory, no more is kept than of any others; how much they hold is an estimate. */
    @Test
    void longBlocksThatAreHalfWrittenToAreKeptUpToTheLimit() {
        ChildJvm.Result result =
                ChildJvm.of(LimitsRun.class, "half-written", 400).run().succeeded();
        assertThat(result.number("kept")).isBetween(16L << 20, 128L << 20);
        assertThat(result.number("told")).isLessThanOrEqualTo(72L << 20);
    }

    /** A batch that is freed late holds a little more than {@code large-cache} for the moment: that is not given back and faulted in, each time. */
    @Test
    void batchesThatAreFreedLateFindTheirMemoryThere() {
        int rounds = 20;
        ChildJvm.Result result = ChildJvm.of(LimitsRun.class, "late-frees", rounds)
                .options("decay=60s") // so that the daemon's tick, which keeps to the limit, comes once a second
                .run()
                .succeeded();
        // 16,000 where what is above the limit goes back at once, 200,000 where all of the oldest run does.
        assertThat(result.number("faults")).isLessThan(5_000);
        assertThat(result.number("kept")).isLessThanOrEqualTo(72L << 20);
        assertThat(result.number("kept-longer")).isBetween(60L << 20, 64L << 20);
    }

    @Test
    void buffersThatGrowAgainAndAgainFindTheirMemoryThere() {
        ChildJvm.Result result = ChildJvm.of(LimitsRun.class, "growth-in-turn", 8 << 20, 20)
                .run()
                .succeeded();
        assertThat(result.number("faults")).isLessThan(1_000); // 82,000 if each round's were new
    }

    // ---- mappings

    @ParameterizedTest
    @CsvSource({
        "large=packed, 400000, 6553, 6553",
        "'large=packed,decay=0s', 100000, 6553, 6553",
        "large=strict, 400000, 20000, 40000"
    })
    void manyLargeBlocksStayFarBelowTheLimitOfMappings(String options, int blocks, long mostFull, long mostHoles) {
        ChildJvm.Result result = ChildJvm.of(LimitsRun.class, "mappings", blocks, 40_000)
                .options(options)
                .run()
                .succeeded();
        assertThat(result.number("live")).isLessThan(mostFull);
        assertThat(result.number("half")).isLessThan(mostHoles);
        assertThat(result.number("others")).isLessThan(mostHoles);
        assertThat(result.number("none")).isLessThan(1_000);
    }

    @Test
    void blocksThatMoveByMappingStayFarBelowTheLimitOfMappings() {
        ChildJvm.Result result = ChildJvm.of(LimitsRun.class, "moved-mappings", 10_000)
                .options("large=packed")
                .run()
                .succeeded();
        assertThat(result.number("live")).isLessThan(6_000);
        assertThat(result.number("none")).isLessThan(200);
    }
}
