package zonal.samples.model;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import zonal.samples.jvm.AgentJar;
import zonal.samples.report.Amounts;
import zonal.samples.report.Table;

/**
 * Runs the test programs, stock and under the agent, prints what they used, and checks what must hold.
 *
 * <p>The agent's jar is the system property {@code zonal.agent.jar}. The exit code is 0 only if everything holds.
 */
public final class ModelTests {

    /** Each program runs so often; the run with the fewest faults of its process counts. */
    private static final int RUNS = 3;

    private final Map<Program, ProgramRun> stock;
    private final Map<Program, ProgramRun> zonal;

    private ModelTests(Map<Program, ProgramRun> stock, Map<Program, ProgramRun> zonal) {
        this.stock = stock;
        this.zonal = zonal;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        ModelTests tests = run(AgentJar.find());
        List<Check> checks = tests.checks();
        tests.print(System.out);
        checks.forEach(System.out::println);
        System.exit(checks.stream().allMatch(Check::holds) ? 0 : 1);
    }

    /** Runs all programs. */
    static ModelTests run(Path agent) throws IOException, InterruptedException {
        return new ModelTests(runAll(null), runAll(agent));
    }

    /** What must hold of the runs. */
    List<Check> checks() {
        List<Check> checks = new ArrayList<>();
        checks.addAll(new ModelChecks("stock", stock).checks());
        checks.addAll(new ModelChecks("agent", zonal).checks());
        checks.addAll(new AgentChecks(zonal).checks());
        return checks;
    }

    void print(PrintStream out) {
        Table table = new Table("", "stock: loop", "process", "resident", "agent: loop", "process", "resident");
        for (Program program : Program.values()) {
            List<String> cells = new ArrayList<>();
            cells.add(program.mainClass.getSimpleName() + "  " + program.what);
            cells.addAll(cells(stock.get(program)));
            cells.addAll(cells(zonal.get(program)));
            table.row(cells.toArray(String[]::new));
        }
        out.println("Page faults of the loop alone and of the whole process, and the most that was resident:\n");
        out.println(table);
        out.println("Each in a JVM of its own, the best of " + RUNS + ", with " + String.join(" ", ProgramRun.FLAGS));
        out.println("Test4 is not run stock: its first bad pointer would end the process.");
        if (HugePages.always()) {
            out.println("This system gives huge pages to all memory: what fresh memory faults is not checked.");
        }
        out.println();
    }

    private static List<String> cells(@Nullable ProgramRun run) {
        return run == null
                ? List.of("-", "-", "-")
                : List.of(
                        Amounts.count(run.loopFaults()),
                        Amounts.count(run.processFaults()),
                        Amounts.mebibytes(run.peak()));
    }

    private static Map<Program, ProgramRun> runAll(@Nullable Path agent) throws IOException, InterruptedException {
        Map<Program, ProgramRun> runs = new EnumMap<>(Program.class);
        for (Program program : Program.values()) {
            if (agent != null || program.runsStock) {
                runs.put(program, best(program, agent));
            }
        }
        return runs;
    }

    /** A run that failed counts before all others. */
    private static ProgramRun best(Program program, @Nullable Path agent) throws IOException, InterruptedException {
        ProgramRun best = ProgramRun.of(program, agent);
        for (int i = 1; i < RUNS && best.exit() == 0; i++) {
            ProgramRun next = ProgramRun.of(program, agent);
            if (next.exit() != 0 || next.processFaults() < best.processFaults()) {
                best = next;
            }
        }
        return best;
    }
}
