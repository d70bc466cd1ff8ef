package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The system calls that blocks cost, as {@code strace} sees them. Limits, not timings. */
@EnabledOnOs(OS.LINUX)
@Tag("once")
class TraceTest {

    private static final int BLOCKS = 64;

    @TempDir
    private Path folder;

    @Test
    void strictIsOneMappingCallForEachMallocReallocAndFree() throws IOException {
        List<List<String>> parts = trace("strict", "large=strict", 4);
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
        assertThat(names(trace("packed", "large=packed", 2).getFirst())).isEmpty();
    }

    @Test
    void freePagesGoBackSixtyFourAtATime() throws IOException {
        List<List<String>> parts = trace("purge", "decay=never", 2);
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
        ChildJvm.Result result = ChildJvm.of(TraceRun.class, what)
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
}
