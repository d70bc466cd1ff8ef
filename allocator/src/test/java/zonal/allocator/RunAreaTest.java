package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RunAreaTest {

    /** Of threads that find no room at one moment, one has the area grow, and all of them look again. */
    @Test
    void anAreaThatHasGrownMeanwhileDoesNotGrowOnceMore() {
        Allocator.free(Allocator.malloc(100_000));
        RunArea area = (RunArea) HeapCheck.read(RunHeap.class, RunHeap.INSTANCE, "area");
        int committed = area.committed();
        assertThat(area.grow(1, committed - 1)).isTrue();
        assertThat(area.committed()).isEqualTo(committed);
        assertThat(area.grow(1, committed)).isTrue();
        assertThat(area.committed()).isGreaterThan(committed);
        HeapCheck.quiet();
    }
}
