package zonal.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import zonal.samples.jvm.AgentJar;
import zonal.samples.jvm.ZoneCount;

/** The demo in small: 500 entries. A wrong byte, or a block that the dump doesn't list, fails the run itself. */
@Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD)
class DemoIT {

    private static final int FILES = 500;
    private static final int CHANGES = 5_000;
    private static final int REST_SECONDS = 1;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @Test
    void theCacheServerRunsStock(@TempDir Path directory) throws Exception {
        Measured measured = run("stock", null, directory);

        assertThat(measured.zones()).isEmpty();
        assertThat(printed.toString(StandardCharsets.UTF_8)).doesNotContain("standard error");
    }

    @Test
    void theCacheServerRunsUnchangedUnderTheAgent(@TempDir Path directory) throws Exception {
        Path spaced = Files.createDirectory(directory.resolve("a folder"));
        Measured measured = run("agent", AgentJar.find(), spaced);

        assertThat(measured.zones()).extracting(ZoneCount::name).containsExactly("TINY", "SMALL", "LARGE");
        assertThat(measured.zones()).allMatch(zone -> zone.liveBlocks() > 0);
        // Two blocks an entry; a quarter of the entries may be removed at the end.
        assertThat(measured.zones().stream().mapToLong(ZoneCount::liveBlocks).sum())
                .isGreaterThan(FILES);
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("TINY : 0x", "SMALL : 0x", "LARGE : 0x", "Total : ", "with their exact sizes")
                .doesNotContain("standard error");
    }

    private Measured run(String label, @Nullable Path agent, Path directory) throws Exception {
        DemoRun run = new DemoRun(label, agent, Corpus.read(FILES), CHANGES, REST_SECONDS, directory);
        return run.run(new PrintStream(printed, true, StandardCharsets.UTF_8));
    }
}
