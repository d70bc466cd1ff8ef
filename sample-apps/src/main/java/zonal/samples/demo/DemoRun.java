package zonal.samples.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.management.JMException;
import org.jspecify.annotations.Nullable;
import zonal.samples.jvm.ProcessMemory;
import zonal.samples.jvm.ZoneCount;
import zonal.samples.report.Progress;

/**
 * One run: a server from its start to its end under the whole workload.
 *
 * @param label what the run is called: {@code stock} or {@code agent}
 * @param agent the agent's jar, or null for a stock run
 * @param corpus the class files
 * @param changes how many changes are made, and as many reads beside them
 * @param restSeconds how long the server is left alone before the last look at its memory
 * @param directory where the server's standard error and the dump go
 */
record DemoRun(String label, @Nullable Path agent, Corpus corpus, int changes, int restSeconds, Path directory) {

    /**
     * Runs it.
     *
     * @throws IOException if an answer was wrong or the server failed; the message says what
     */
    Measured run(PrintStream out) throws IOException, InterruptedException, JMException {
        Path errors = directory.resolve(label + ".stderr.txt");
        try (ServerProcess server = ServerProcess.start(corpus.size(), agent, errors)) {
            Measured measured = work(server, out);
            int exit = server.stop();
            if (exit != 0) {
                throw new IOException("the server ended with exit code " + exit);
            }
            return measured;
        } finally {
            printErrors(errors, out);
        }
    }

    private Measured work(ServerProcess server, PrintStream out) throws IOException, InterruptedException, JMException {
        long start = System.nanoTime();
        int port = awaitReady(server);
        long loaded = System.nanoTime();
        Workload workload = new Workload(corpus, port);
        workload.readAll(label + ": read and compare all");
        long read = System.nanoTime();
        workload.changeAndRead(label + ": replace, remove and read", changes, changes);
        long changed = System.nanoTime();
        workload.readAll(label + ": read and compare all again");
        long reread = System.nanoTime();
        long processor = server.processorTime().toNanos();
        ProcessMemory memory = ProcessMemory.of(server.pid());
        rest();
        ProcessMemory rested = ProcessMemory.of(server.pid());
        List<ZoneCount> zones = agent == null ? List.of() : inspect(server, workload, agent, out);
        return new Measured(
                loaded - start, read - loaded, changed - read, reread - changed, processor, memory, rested, zones);
    }

    private int awaitReady(ServerProcess server) throws IOException {
        try (Progress progress = Progress.begin(label + ": load the class files", corpus.size())) {
            int port = server.awaitReady(progress::reached);
            progress.reached(corpus.size());
            return port;
        }
    }

    /** Nothing is asked of the server: an allocator that gives memory back may do so now. */
    private void rest() throws InterruptedException {
        try (Progress progress = Progress.begin(label + ": rest, in seconds", restSeconds)) {
            for (int second = 0; second < restSeconds; second++) {
                Thread.sleep(1_000);
                progress.step();
            }
        }
    }

    private List<ZoneCount> inspect(ServerProcess server, Workload workload, Path agentJar, PrintStream out)
            throws IOException, InterruptedException, JMException {
        Inspection inspection = new Inspection(out, server.pid());
        List<ZoneCount> zones = inspection.overJmx();
        Path dump = directory.resolve("show_alloc_mem-" + server.pid() + ".txt");
        inspection.withJcmd(agentJar, dump, new ExpectedBlocks(corpus, workload));
        return zones;
    }

    /** Whatever the server wrote to standard error is shown: a clean run has none. */
    private static void printErrors(Path errors, PrintStream out) throws IOException {
        if (Files.size(errors) > 0) {
            out.println("  standard error of the server:");
            out.print(Files.readString(errors).indent(4));
        }
    }
}
