package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.tools.attach.VirtualMachine;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import zonal.agent.apps.Hello;

/**
 * One run of a JVM with a test application: the command is built up, then {@link #run()} waits for the end, or
 * {@link #start()} leaves it running. Its output goes to files in a folder of its own, which is its working directory too.
 */
final class Jvm {
    static final Path AGENT_JAR = Path.of(System.getProperty("zonal.agent.jar", "target/zonal-agent.jar"))
            .toAbsolutePath();
    static final Path TEST_CLASSES = Path.of(System.getProperty("zonal.test.classes", "target/test-classes"))
            .toAbsolutePath();

    /** An option: the JVM prints each class that it initialises, among them, if it does, the one behind {@code ProcessHandle}. */
    static final String LOG_OF_INITIALISERS = "-Xlog:class+init=info";

    static final String PROCESS_HANDLE = "'java/lang/ProcessHandleImpl'";

    private static final long LONGEST_RUN_SECONDS = 120;

    /** What a JVM that has ended left behind. */
    record Result(int exitCode, String out, String err) {}

    private final Path folder;
    private final List<String> options = new ArrayList<>();
    private Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    private Path workingDirectory;
    private List<String> wrapper = List.of();
    private List<String> application = List.of();

    Jvm(Path folder) {
        this.folder = folder;
        this.workingDirectory = folder;
    }

    static Path tool(String name) {
        return Path.of(System.getProperty("java.home"), "bin", name);
    }

    Jvm java(Path newJava) {
        java = newJava;
        return this;
    }

    Jvm option(String... more) {
        options.addAll(List.of(more));
        return this;
    }

    Jvm agent() {
        return option("-javaagent:" + AGENT_JAR);
    }

    /** The application uses {@code jdk.internal.misc.Unsafe} itself. */
    Jvm internalUnsafe() {
        return option("--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED");
    }

    Jvm agent(String agentOptions) {
        return option("-javaagent:" + AGENT_JAR + "=" + agentOptions);
    }

    Jvm in(Path newWorkingDirectory) {
        workingDirectory = newWorkingDirectory;
        return this;
    }

    /** A command that becomes the JVM's, which follows it. */
    Jvm under(String... words) {
        wrapper = List.of(words);
        return this;
    }

    /** The application to run: a class of {@code zonal.agent.apps}. */
    Jvm app(Class<?> main, String... arguments) {
        option("-cp", TEST_CLASSES.toString());
        application = new ArrayList<>(List.of(main.getName()));
        application.addAll(List.of(arguments));
        return this;
    }

    /** The application to run: whatever follows the options on the command line. */
    Jvm command(String... words) {
        application = List.of(words);
        return this;
    }

    Result run() throws IOException, InterruptedException {
        try (Running running = start()) {
            return running.join();
        }
    }

    Running start() throws IOException {
        List<String> command = new ArrayList<>(wrapper);
        command.add(java.toString());
        command.addAll(options);
        command.addAll(application);
        return new Running(command, folder, workingDirectory);
    }

    /** Runs any command to its end. */
    static Result execute(Path folder, Object... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        for (Object word : words) {
            command.add(word.toString());
        }
        try (Running running = new Running(command, folder, folder)) {
            return running.join();
        }
    }

    /** What a JVM says, a line a class, of the classes that it loads for the least of applications under the agent. */
    static String classesOfHello(Path folder) throws IOException, InterruptedException {
        Path log = folder.resolve("classes.txt");
        new Jvm(folder)
                .agent()
                .option("-Xlog:class+load:file=" + log)
                .app(Hello.class)
                .run();
        return Files.readString(log);
    }

    /** The launcher of a runtime of {@code modules} alone, separated by commas, that {@code jlink} makes in the folder. */
    static Path link(Path folder, String modules) throws IOException, InterruptedException {
        Path image = folder.resolve("image");
        Result linked = execute(folder, tool("jlink"), "--add-modules", modules, "--output", image);
        assertEquals(0, linked.exitCode(), linked.out() + linked.err());
        return image.resolve("bin/java");
    }

    /** A process that runs. Closing it ends it. */
    static final class Running implements AutoCloseable {
        private final Process process;
        private final Path out;
        private final Path err;

        Running(List<String> command, Path folder, Path workingDirectory) throws IOException {
            out = Files.createTempFile(folder, "stdout", ".txt");
            err = Files.createTempFile(folder, "stderr", ".txt");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(workingDirectory.toFile())
                    .redirectInput(ProcessBuilder.Redirect.PIPE)
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            // They make a JVM say so on stderr, and stderr is what is compared here.
            for (String variable : List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS")) {
                builder.environment().remove(variable);
            }
            process = builder.start();
        }

        long pid() {
            return process.pid();
        }

        String out() {
            return read(out);
        }

        String err() {
            return read(err);
        }

        /** Waits until the application has printed a line that begins so, and answers the rest of that line. */
        String awaitLine(String beginning) throws InterruptedException {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_RUN_SECONDS);
            while (System.nanoTime() < end) {
                String rest = line(out(), beginning);
                if (rest != null) {
                    return rest;
                }
                if (!process.isAlive()) {
                    break;
                }
                Thread.sleep(20);
            }
            throw new AssertionError("no line '" + beginning + "' in:\n" + out() + err());
        }

        /** Tells the application to go on: it waits for one line. */
        void proceed() throws IOException {
            process.getOutputStream().write('\n');
            process.getOutputStream().flush();
        }

        Result join() throws InterruptedException {
            if (!process.waitFor(LONGEST_RUN_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("still running after " + LONGEST_RUN_SECONDS + " s:\n" + out() + err());
            }
            return new Result(process.exitValue(), out(), err());
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }

        /** Loads an agent's jar into the JVM that runs, as {@code jcmd JVMTI.agent_load} does. */
        void load(Path jar, String argument) throws Exception {
            VirtualMachine machine = VirtualMachine.attach(Long.toString(pid()));
            try {
                machine.loadAgent(jar.toString(), argument);
            } finally {
                machine.detach();
            }
        }

        private static String read(Path file) {
            try {
                return Files.readString(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Answers what follows {@code beginning} in the first complete line that starts with it, or null. */
    static @Nullable String line(String text, String beginning) {
        int lastBreak = text.lastIndexOf('\n');
        for (String line : text.substring(0, lastBreak + 1).lines().toList()) {
            if (line.startsWith(beginning)) {
                return line.substring(beginning.length());
            }
        }
        return null;
    }

    /** Answers a JVM's launcher that is older than Zonal can use, or null: from the property, or from the PATH. */
    static @Nullable Path oldJava(Path folder) throws IOException, InterruptedException {
        List<String> candidates = new ArrayList<>();
        String property = System.getProperty("zonal.test.old-java");
        if (property != null) {
            candidates.add(property);
        }
        for (String entry : String.valueOf(System.getenv("PATH")).split(File.pathSeparator, -1)) {
            candidates.add(entry + "/java");
        }
        for (String candidate : candidates) {
            Path launcher = Path.of(candidate);
            if (Files.isExecutable(launcher) && feature(folder, launcher) < 25) {
                return launcher;
            }
        }
        return null;
    }

    private static int feature(Path folder, Path launcher) throws IOException, InterruptedException {
        Result result = execute(folder, launcher, "-XshowSettings:properties", "-version");
        for (String line : result.err().lines().toList()) {
            if (line.contains("java.specification.version = ")) {
                String version = line.substring(line.indexOf('=') + 1).strip();
                return version.startsWith("1.") ? 8 : Integer.parseInt(version);
            }
        }
        return Integer.MAX_VALUE;
    }
}
