package zonal.samples.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import zonal.samples.jvm.ShownBlocks;

/** What must hold of the test programs under the agent, besides. */
final class AgentChecks {

    /** A copy of 16 MiB, or 128 MiB made resident, would be thousands. */
    private static final long FEW_FAULTS = 64;

    /** {@link Test4} makes so many bad calls, each at a place of its own. */
    private static final long BAD_CALLS = 7;

    private final Map<Program, ProgramRun> runs;

    AgentChecks(Map<Program, ProgramRun> runs) {
        this.runs = runs;
    }

    List<Check> checks() {
        List<Check> checks = new ArrayList<>();
        runs.values().stream().filter(run -> run.program() != Program.TEST4).forEach(run -> checks.add(quiet(run)));
        if (runs.values().stream().allMatch(run -> run.exit() == 0)) {
            checks.add(copiesNothing(Program.TEST3));
            checks.add(copiesNothing(Program.TEST3B));
            checks.add(badPointersAreReported());
            checks.add(blocksAreShown());
        }
        return checks;
    }

    private static Check quiet(ProgramRun run) {
        return new Check(
                "agent: " + run.program().mainClass.getSimpleName() + " prints nothing on standard error",
                run.errors().isEmpty(),
                String.join(" | ", run.errors()));
    }

    private Check copiesNothing(Program program) {
        long faults = run(program).loopFaults();
        return new Check(
                "agent: " + program.what + " copies nothing and touches nothing",
                faults <= FEW_FAULTS,
                faults + " faults");
    }

    private Check badPointersAreReported() {
        long reported = run(Program.TEST4).errors().stream()
                .filter(line -> line.contains(Test4.class.getSimpleName() + ".java"))
                .count();
        return new Check(
                "agent: each of " + BAD_CALLS + " bad calls is reported with its line",
                reported == BAD_CALLS,
                reported + " lines of the program named");
    }

    /** Every block that the program took is shown at its address, with its size, in its zone. */
    private Check blocksAreShown() {
        List<String> output = run(Program.TEST6).output();
        List<String> took = output.stream()
                .filter(line -> line.startsWith(Test6.TOOK))
                .map(line -> line.substring(Test6.TOOK.length()))
                .toList();
        int first = firstShown(output);
        String shown = String.join("\n", output.subList(first, output.size()));
        long found = took.stream().filter(output::contains).count();
        return new Check(
                "agent: show_alloc_mem lists each block at its address, in its zone, with its size",
                !took.isEmpty()
                        && found == took.size()
                        && ShownBlocks.parse(shown).size() >= took.size(),
                found + " of " + took.size());
    }

    private static int firstShown(List<String> output) {
        for (int i = 0; i < output.size(); i++) {
            if (output.get(i).startsWith("TINY : ")) {
                return i;
            }
        }
        return output.size();
    }

    private ProgramRun run(Program program) {
        return Objects.requireNonNull(runs.get(program));
    }
}
