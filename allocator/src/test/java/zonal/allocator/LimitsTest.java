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
import org.junit.jupiter.params.provider.ValueSource;

/** What the system sees of it: system calls, page faults, resident memory, mappings. Limits, not timings. What goes back: {@link GivenBackTest}. */
@EnabledOnOs(OS.LINUX)
class LimitsTest {

    private static final int BLOCKS = 64;
    private static final long MOST_HELD_BY_IDLE_THREADS = 100_000L << 10;

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
        ChildJvm.Result result = ChildJvm.of(LimitsRun.class, what)
                .options(options)
                .under(
                        "strace",
                        "-f",
                        "-e",
                        "trace=mmap,munmap,mremap,madvise,mprotect,membarrier,mincore",
                        "-o",
                        file.toString())
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
                } else if (!parts.isEmpty() && !isTheJvms(line, result.number("base"), result.number("end"))) {
                    parts.getLast().add(line);
                }
            }
        }
        assertThat(parts).hasSize(marks);
        return parts;
    }

    /** The JVM commits memory for its own data structures, on whichever thread needs it, in this way, outside of our range. */
    private static boolean isTheJvms(String line, long base, long end) {
        if (!line.contains("MAP_FIXED") && !line.contains("mprotect(")) {
            return false;
        }
        long address = Long.decode(line.replaceAll(".*\\((0x[0-9a-f]+),.*", "$1"));
        return address < base || address >= end;
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

    @Test
    void whereTheAreaIsFullAllThatIsFreeIsLookedAt() {
        ChildJvm.Result result = ChildJvm.of(LimitsRun.class, "full-area").run().succeeded();
        assertThat(result.number("found")).isOne();
    }

    @ParameterizedTest
    @CsvSource({"in-place, 14", "moved, 60"})
    void shrinkingGivesMemoryBack(String where, long mib) {
        ChildJvm.Result result =
                ChildJvm.of(LimitsRun.class, "shrink", where).run().succeeded();
        assertThat(result.number("given-back")).isGreaterThan(mib << 20);
    }

    // ---- another allocator's blocks

    @Test
    void anotherAllocatorsBlocksAmongStrictOnesAreNotTakenForOurs() {
        ChildJvm.Result result = ChildJvm.of(LimitsRun.class, "strict-among-foreign")
                .options("large=strict")
                .run()
                .succeeded();
        assumeThat(result.number("between")).as("the system maps side by side").isOne();
        assertThat(result.number("taken")).isZero();
        assertThat(result.number("inside-ours")).isOne();
        assertThat(result.number("bad")).isEqualTo(2);
    }

    // ---- locked memory

    @Test
    void memoryGoesBackThoughTheApplicationHasLockedAllThatWasMapped() {
        ChildJvm.Result result = ChildJvm.of(LimitsRun.class, "locked")
                .options("decay=300ms")
                .flags("-Xmx64m", "-XX:ReservedCodeCacheSize=64m")
                .run()
                .succeeded();
        assumeThat(result.number("granted")).as("mlockall is allowed here").isOne();
        assertThat(result.number("locked")).isGreaterThan(150L << 20);
        assertThat(result.number("left")).isLessThan(10L << 20);
        assertThat(result.number("untouched")).isLessThan(20L << 20);
    }

    @Test
    void memoryGoesBackThoughTheApplicationFreedItLocked() {
        ChildJvm.Result result =
                ChildJvm.of(LimitsRun.class, "locked-one").run().succeeded();
        assumeThat(result.number("granted")).as("mlock is allowed here").isOne();
        assertThat(result.number("left")).isLessThan(5L << 20);
    }

    @ParameterizedTest
    @ValueSource(strings = {"huge-pages=off", "huge-pages=advise,large-cache=0"})
    void whatIsMappedAnewGoesBackThoughTheApplicationLocksAllThatWillBeMapped(String options) {
        ChildJvm.Result result = ChildJvm.of(LimitsRun.class, "locked-future")
                .options(options)
                .flags("-Xmx64m", "-XX:ReservedCodeCacheSize=64m")
                .run()
                .succeeded();
        assumeThat(result.number("granted")).as("mlockall is allowed here").isOne();
        assertThat(result.number("kept")).isLessThan(1 << 20);
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

    /** Each run with huge pages is two mappings more: for 1,000 they are asked for, and for as many again when those are freed. */
    @Test
    void hugePagesAreAskedForAThousandLongBlocksAtATime() {
        ChildJvm.Result result = ChildJvm.of(LimitsRun.class, "huge-runs")
                .options("huge-pages=advise")
                .run()
                .succeeded();
        assertThat(result.number("asked-0")).isEqualTo(1_000);
        assertThat(result.number("asked-1")).isEqualTo(1_000);
        assertThat(result.number("grown")).isOne();
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

    @ParameterizedTest
    @ValueSource(strings = {"decay=300ms", "decay=0s"})
    void aPoolOfThreadsThatHadItsHourHoldsNothing(String options) {
        ChildJvm.Result result = ChildJvm.of(LimitsRun.class, "idle-pool", 200)
                .options(options)
                .run()
                .succeeded();
        assertThat(result.number("cached")).isGreaterThan(20L << 20);
        assertThat(result.number("left-cached")).isZero();
        assertThat(result.number("left-held")).isLessThan(4L << 20);
    }

    /** What an idle thread's cache held doesn't wait twice: first until the thread is seen to be idle, and then, in its page or run, as long again. */
    @ParameterizedTest
    @CsvSource({"idle-pool, 3s", "idle-pool, 1999ms", "idle-virtual, 3s"})
    void whatAnIdleThreadFreedGoesBackWithinTwiceTheDecay(String threads, String decay) {
        ChildJvm.Result result = ChildJvm.of(LimitsRun.class, threads, 200)
                .options("decay=" + decay)
                .run()
                .succeeded();
        assertThat(result.number("left-cached")).isZero();
        assertThat(result.number("left-held")).isLessThan(4L << 20);
        assertThat(result.number("decays")).isLessThan(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 90_000})
    void whatABusyThreadNoLongerUsesGoesBack(int bytes) {
        ChildJvm.Result result = ChildJvm.of(LimitsRun.class, "busy-pool", 20, bytes)
                .options("decay=2s")
                .run()
                .succeeded();
        assertThat(result.number("cached")).isGreaterThan(10L << 20);
        assertThat(result.number("decays")).isLessThan(4);
    }

    // ---- strict overcommit

    /** The system charges what is accessible, touched or not, where {@code vm.overcommit_memory} is 2. */
    @Test
    void aStartMakesLittleMemoryAccessible() {
        ChildJvm.Result result = ChildJvm.of(LimitsRun.class, "start").run().succeeded();
        assertThat(result.number("mapped")).isLessThan(12 << 20);
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
