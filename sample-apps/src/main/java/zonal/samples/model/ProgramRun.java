package zonal.samples.model;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import zonal.samples.jvm.JavaCommand;

/**
 * One run of a test program in a JVM of its own.
 *
 * @param program what ran
 * @param output its lines on standard output
 * @param errors its lines on standard error
 * @param exit its exit code
 */
record ProgramRun(Program program, List<String> output, List<String> errors, int exit) {

    /** The same in all runs: few threads and one heap size, so that the JVM's own faults are as even as they can be. */
    static final List<String> FLAGS = List.of(
            "-Xms32m",
            "-Xmx32m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--sun-misc-unsafe-memory-access=allow");

    private static final long PATIENCE_SECONDS = 60;

    /** Runs a program, stock if {@code agent} is null. */
    static ProgramRun of(Program program, @Nullable Path agent) throws IOException, InterruptedException {
        Path output = Files.createTempFile("zonal-model", ".out");
        Path errors = Files.createTempFile("zonal-model", ".err");
        try {
            Process process = new JavaCommand(FLAGS, agent, program.mainClass, List.of())
                    .builder()
                    .redirectOutput(output.toFile())
                    .redirectError(errors.toFile())
                    .start();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            return new ProgramRun(program, lines(output), lines(errors), process.exitValue());
        } finally {
            Files.delete(output);
            Files.delete(errors);
        }
    }

    long loopFaults() {
        return number(Usage.LOOP_FAULTS);
    }

    long processFaults() {
        return number(Usage.PROCESS_FAULTS);
    }

    /** Bytes. */
    long peak() {
        return number(Usage.PEAK);
    }

    private long number(String label) {
        String start = label + ": ";
        return output.stream()
                .filter(line -> line.startsWith(start))
                .mapToLong(line -> Long.parseLong(line.substring(start.length())))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(program + " printed no " + label + ": " + this));
    }

    private static List<String> lines(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8).lines().toList();
    }
}
