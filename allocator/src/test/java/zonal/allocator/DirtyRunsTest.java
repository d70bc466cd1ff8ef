package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The order of dirty runs, of which there are lists for some ticks, used in turn. */
class DirtyRunsTest {

    /** As many ticks as there are generations, but for two, by which the housekeeper may be ahead while this looks. */
    private static final int TICKS = 14;

    @Test
    void theOldestComesFirst() {
        // The entries of a live run's inside say nothing, and nobody reads them.
        long block = Allocator.malloc(4L * TICKS * SystemCalls.OS_PAGE_SIZE);
        int inside = RunHeap.index(block) + 1;
        long now = Housekeeper.now();
        DirtyRuns runs = new DirtyRuns();
        for (int ago = 0; ago < TICKS; ago++) {
            for (int i = 0; i < 2; i++) {
                int run = inside + 2 * ago + i;
                Run.setDirty(run, 3, now - ago);
                runs.add(run);
            }
        }
        List<Integer> ages = new ArrayList<>();
        for (int run = runs.oldest(); run != Run.NONE; run = runs.next(run)) {
            ages.add((run - inside) / 2);
        }
        List<Integer> expected = new ArrayList<>();
        for (int ago = TICKS - 1; ago >= 0; ago--) {
            expected.add(ago);
            expected.add(ago);
        }
        assertThat(ages).isEqualTo(expected);
        assertThat(runs.pages()).isEqualTo(2 * TICKS * 3);
        for (int i = 0; i < 2 * TICKS; i++) {
            runs.remove(inside + i);
        }
        assertThat(runs.oldest()).isEqualTo(Run.NONE);
        assertThat(runs.pages()).isZero();
        Allocator.free(block);
        HeapCheck.quiet();
    }
}
