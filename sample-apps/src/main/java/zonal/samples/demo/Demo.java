package zonal.samples.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.management.JMException;
import zonal.samples.jvm.AgentJar;
import zonal.samples.report.Amounts;

/**
 * The main job, on real input: the same cache server with the same work, once on the stock allocator and once under the
 * agent, and a table of the two.
 *
 * <p>The agent's jar is the system property {@code zonal.agent.jar}. The dump goes to {@code demo} in the working directory. The
 * exit code is 0 only if every byte was right.
 */
public final class Demo {

    private static final int CHANGES = 100_000;

    /** Longer than the agent keeps free memory ({@code decay}). */
    private static final int REST_SECONDS = 12;

    private static final int LIMIT_MINUTES = 10;

    private Demo() {}

    public static void main(String[] args) throws InterruptedException {
        CompletableFuture.delayedExecutor(LIMIT_MINUTES, TimeUnit.MINUTES).execute(Demo::giveUp);
        try {
            run(AgentJar.find(), Path.of("demo"), System.out);
        } catch (IOException | JMException | RuntimeException e) {
            System.err.println("the demo failed: " + e.getMessage());
            e.printStackTrace();
            System.exit(1);
        }
        System.exit(0);
    }

    private static void giveUp() {
        System.err.println("the demo failed: it hangs");
        Runtime.getRuntime().halt(1);
    }

    private static void run(Path agent, Path directory, PrintStream out)
            throws IOException, InterruptedException, JMException {
        Files.createDirectories(directory);
        Path real = directory.toRealPath();
        Corpus corpus = Corpus.read(Integer.MAX_VALUE);
        out.printf(
                "An off-heap cache server (OHC and Netty) with the %s class files of JDK %s, %s,%n"
                        + "stock and under the agent. Both servers with%n  %s%n%n",
                Amounts.count(corpus.size()),
                Runtime.version(),
                Amounts.mebibytes(corpus.bytes()),
                String.join(" ", ServerProcess.FLAGS));
        Measured stock = new DemoRun("stock", null, corpus, CHANGES, REST_SECONDS, real).run(out);
        out.println();
        Measured zonal = new DemoRun("agent", agent, corpus, CHANGES, REST_SECONDS, real).run(out);
        out.println("\n" + Measured.table(stock, zonal));
        out.println("Every byte of every answer was compared, and was right.");
    }
}
