package zonal.samples.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import zonal.samples.TheUnsafe;
import zonal.samples.jvm.AgentJar;
import zonal.samples.jvm.JavaCommand;

/** A worker measures on the allocator that it was told of, or fails. */
final class WorkerIT {
    private record Ended(int exitCode, String printed) {}

    @Test
    void itMeasuresStockAndUnderTheAgent() throws Exception {
        Ended stock = worker(null, Worker.GLIBC);
        Ended agent = worker(AgentJar.find(), Worker.ZONAL);

        assertThat(stock.exitCode()).as(stock.printed()).isZero();
        assertThat(agent.exitCode()).as(agent.printed()).isZero();
        Measurement measured = Measurement.in(agent.printed()).orElseThrow();
        assertThat(measured.operations()).isPositive();
        assertThat(measured.nanosPerOperation()).isPositive();
        assertThat(measured.peakKiB()).isGreaterThanOrEqualTo(measured.baselineKiB());
        assertThat(measured.mappings()).isPositive();
    }

    @Test
    void anAllocatorThatIsNotThereFailsIt() throws Exception {
        Ended noAgent = worker(null, Worker.ZONAL);
        assertThat(noAgent.exitCode()).isEqualTo(1);
        assertThat(noAgent.printed()).contains("ClassNotFoundException").doesNotContain("measured");

        Ended noLibrary = worker(null, "libno.so.1");
        assertThat(noLibrary.exitCode()).isEqualTo(1);
        assertThat(noLibrary.printed()).contains("libno.so.1 was not loaded").doesNotContain("measured");
    }

    @Test
    void anAgentThatShouldNotBeThereFailsIt() throws Exception {
        Ended agent = worker(AgentJar.find(), Worker.GLIBC);
        assertThat(agent.exitCode()).isEqualTo(1);
        assertThat(agent.printed()).contains("the agent serves sun.misc.Unsafe").doesNotContain("measured");
    }

    @Test
    void aBlockThatIsFreedTwiceFailsIt() throws Exception {
        Ended ended = run(AgentJar.find(), FreesTwice.class, List.of());

        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.printed()).contains("1 frees of what was no live block");
    }

    private static Ended worker(@Nullable Path agent, String allocator) throws IOException, InterruptedException {
        return run(agent, Worker.class, List.of("pair-64", "0.01", allocator));
    }

    private static Ended run(@Nullable Path agent, Class<?> program, List<String> arguments)
            throws IOException, InterruptedException {
        Process process = new JavaCommand(List.of("--sun-misc-unsafe-memory-access=allow"), agent, program, arguments)
                .builder()
                .redirectErrorStream(true)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), printed);
    }

    /** Stands for an allocator that gave one block out twice. */
    static final class FreesTwice {
        private FreesTwice() {}

        @SuppressWarnings("removal")
        public static void main(String[] arguments) throws Exception {
            long block = TheUnsafe.get().allocateMemory(64);
            TheUnsafe.get().freeMemory(block);
            TheUnsafe.get().freeMemory(block);
            Worker.checkAllocator(Worker.ZONAL);
        }
    }
}
