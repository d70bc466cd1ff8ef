package zonal.samples.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What must hold of the test programs on any allocator that reuses freed memory. */
final class ModelChecks {

    /** What {@link Test1} writes to: 1,024 blocks of 1,024 bytes, in pages of the system. */
    private static final long PAGES = (1L << 20) / CMemory.pageSize();

    private final String label;
    private final Map<Program, ProgramRun> runs;

    ModelChecks(String label, Map<Program, ProgramRun> runs) {
        this.label = label;
        this.runs = runs;
    }

    List<Check> checks() {
        List<Check> checks = new ArrayList<>();
        runs.values().forEach(run -> checks.add(ranWell(run)));
        if (checks.stream().allMatch(Check::holds)) {
            checks.add(freedMemoryIsReused());
            if (!HugePages.always()) {
                checks.add(freshMemoryFaults());
            }
        }
        return checks;
    }

    private Check ranWell(ProgramRun run) {
        Program program = run.program();
        boolean well = run.exit() == 0 && String.join("\n", run.output()).contains(program.prints);
        return new Check(
                label + ": " + program.mainClass.getSimpleName() + " runs, and prints what it should",
                well,
                well ? "" : run.toString());
    }

    private Check freshMemoryFaults() {
        long more = faults(Program.TEST1) - faults(Program.TEST0);
        return new Check(
                label + ": without free, every one of " + PAGES + " pages faults",
                more >= PAGES * 9 / 10,
                more + " faults more than the empty loop");
    }

    private Check freedMemoryIsReused() {
        long more = faults(Program.TEST2) - faults(Program.TEST0);
        return new Check(
                label + ": with free, the loop faults about as often as the empty loop",
                more <= Math.max(PAGES / 8, 2),
                more + " faults more");
    }

    private long faults(Program program) {
        return run(program).loopFaults();
    }

    private ProgramRun run(Program program) {
        return Objects.requireNonNull(runs.get(program));
    }
}
