package zonal.allocator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/**
 * A JVM of its own for a main class of the tests: the allocator's options are set once in a JVM's life. It gets this JVM's class path and
 * rights (library mode or internal access).
 */
final class ChildJvm {

    private static final long TIMEOUT_SECONDS = 180;

    /** Library mode reads memory in another way and else runs the same code, so most random steps are made as under the agent. */
    private static final int LIBRARY_SHARE = "library".equals(System.getProperty("zonal.test.mode")) ? 3 : 1;

    private final List<String> wrapper = new ArrayList<>();
    private final List<String> flags = new ArrayList<>();
    private final Class<?> main;
    private final List<String> arguments;
    private boolean onBootPath;

    private ChildJvm(Class<?> main, List<String> arguments) {
        this.main = main;
        this.arguments = arguments;
    }

    /** How many steps a test of random ones makes: {@code -Dzonal.test.steps}, or {@code steps}, and a third of them in library mode. */
    static long steps(long steps) {
        return Long.getLong("zonal.test.steps", steps / LIBRARY_SHARE);
    }

    /** What a child left behind. */
    record Result(int exitCode, String out, String err) {

        /** Fails with all that the child said, unless it ended well. */
        Result succeeded() {
            if (exitCode != 0) {
                throw new AssertionError("child JVM: exit code " + exitCode + "\n" + out + "\n" + err);
            }
            return this;
        }

        /** The number behind {@code name=} on a line of its own in the child's output. */
        long number(String name) {
            for (String line : out.lines().toList()) {
                if (line.startsWith(name + "=")) {
                    return Long.parseLong(line.substring(name.length() + 1));
                }
            }
            throw new AssertionError("no " + name + "= in the child's output:\n" + out + "\n" + err);
        }
    }

    static ChildJvm of(Class<?> main, Object... arguments) {
        return new ChildJvm(main, Arrays.stream(arguments).map(String::valueOf).toList());
    }

    /** Options of the allocator, as system properties that {@link #configure} reads: {@code large=strict,decay=0s}. */
    ChildJvm options(String options) {
        flags.add("-Dzonal.test.options=" + options);
        return this;
    }

    ChildJvm flags(String... more) {
        flags.addAll(List.of(more));
        return this;
    }

    /** Runs {@code command java ...} instead of {@code java ...}. */
    ChildJvm under(String... command) {
        wrapper.addAll(List.of(command));
        return this;
    }

    /** Has the boot loader define the allocator, as the agent does: only there the JVM honours its annotations. */
    ChildJvm allocatorOnBootPath() {
        onBootPath = true;
        return this;
    }

    /** Sets the options that {@link #options} handed over. First thing in a child's {@code main}. */
    static void configure() {
        Options.configure(Options.parse(System.getProperty("zonal.test.options"), new Properties()));
    }

    /** Whether this JVM lets the allocator use the JDK's internals, as the agent does. */
    static boolean hasInternalAccess() {
        return Memory.INTERNAL;
    }

    Result run() {
        try {
            Path out = Files.createTempFile("zonal-child", ".out");
            Path err = Files.createTempFile("zonal-child", ".err");
            try {
                Process process = new ProcessBuilder(command())
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start();
                if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                    process.descendants().forEach(ProcessHandle::destroyForcibly);
                    process.destroyForcibly().waitFor();
                    throw new AssertionError(
                            "child JVM: no end after " + TIMEOUT_SECONDS + " s\n" + read(out) + read(err));
                }
                return new Result(process.exitValue(), read(out), read(err));
            } finally {
                Files.delete(out);
                Files.delete(err);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8);
    }

    private List<String> command() {
        List<String> command = new ArrayList<>(wrapper);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (flag.startsWith("--add-exports")
                    || flag.startsWith("--add-opens")
                    || flag.startsWith("--enable-native")) {
                command.add(flag);
            }
        }
        command.add("-Xmx512m");
        command.add("-XX:+UseSerialGC");
        command.add("-XX:-UsePerfData");
        command.add("-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"));
        command.addAll(flags);
        if (onBootPath) {
            command.add("-Xbootclasspath/a:" + System.getProperty("java.class.path"));
        }
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(main.getName());
        command.addAll(arguments);
        return command;
    }
}
