package zonal.samples.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import zonal.samples.jvm.JavaCommand;

/** A {@link CacheServer} in a JVM of its own. Closing it ends that JVM; so does the end of this one. */
final class ServerProcess implements AutoCloseable {

    /**
     * The same in both runs. The heap is of one size and touched at the start, so that resident memory differs by what
     * lies outside of it. OHC takes its blocks from {@code Unsafe} (its default is JNA's {@code malloc}), for which the JVM
     * would print a warning. Native access is not enabled, so Netty takes its chunks from {@code Arena.ofShared}, not from
     * libc past everybody. {@code jcmd} loads the agent to make the dump, for which the JVM would print another warning.
     */
    static final List<String> FLAGS = List.of(
            "-Xms128m",
            "-Xmx128m",
            "-XX:+AlwaysPreTouch",
            "-XX:+EnableDynamicAgentLoading",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dorg.caffinitas.ohc.allocator=unsafe");

    private static final long START_SECONDS = 90;
    private static final long STOP_SECONDS = 20;

    private final Process process;
    private volatile boolean ready;

    private ServerProcess(Process process) {
        this.process = process;
    }

    /** Starts a server, stock if {@code agent} is null. What it writes to standard error goes to {@code errors}. */
    static ServerProcess start(int files, @Nullable Path agent, Path errors) throws IOException {
        JavaCommand command = new JavaCommand(FLAGS, agent, CacheServer.class, List.of(Integer.toString(files)));
        return new ServerProcess(
                command.builder().redirectError(errors.toFile()).start());
    }

    /** Waits until the server serves, and answers its port; {@code loaded} hears how many entries it has by then. */
    int awaitReady(LongConsumer loaded) throws IOException {
        CompletableFuture.delayedExecutor(START_SECONDS, TimeUnit.SECONDS).execute(this::giveUpUnlessReady);
        BufferedReader output = process.inputReader();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith("loaded ")) {
                loaded.accept(Long.parseLong(line.substring("loaded ".length())));
            } else if (line.startsWith("ready ")) {
                ready = true;
                return Integer.parseInt(line.substring("ready ".length()));
            } else {
                throw new IOException("the server said: " + line);
            }
        }
        throw new IOException("the server ended before it was ready");
    }

    long pid() {
        return process.pid();
    }

    /** The processor time that the server has used, all its threads together. */
    Duration processorTime() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** Asks the server to stop, waits for it, and says how it ended. */
    int stop() throws IOException, InterruptedException {
        process.outputWriter().close();
        if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
            throw new IOException("the server didn't stop within " + STOP_SECONDS + " s");
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private void giveUpUnlessReady() {
        if (!ready) {
            process.destroyForcibly();
        }
    }
}
