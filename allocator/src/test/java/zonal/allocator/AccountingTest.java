package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.data.Percentage.withPercentage;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What the allocator says that it holds is what it holds, and for memory what the system says of the range. */
@EnabledOnOs(OS.LINUX)
class AccountingTest {

    private static final long MOST_ONLY_READ = 64 << 10;

    @Test
    void theCountsOfMemoryAddUpToWhatTheSystemSees() {
        ChildJvm.Result result = ChildJvm.of(AccountingRun.class, "memory")
                .options("decay=never")
                .run()
                .succeeded();
        for (String when : new String[] {"started", "full", "freed", "purged", "empty"}) {
            assertThat(result.number(when + "-mapped"))
                    .as(when)
                    .isCloseTo(result.number(when + "-system-mapped"), withPercentage(1));
            // Beside the 1 %: an OS page of metadata that was only ever read is in memory, but not this process's
            // alone.
            long system = result.number(when + "-system-resident");
            assertThat(result.number(when + "-resident"))
                    .as(when)
                    .isCloseTo(system, within(Math.max(system / 100, MOST_ONLY_READ)));
        }
        assertThat(result.number("empty-cached")).isPositive();
        assertThat(result.number("purged-resident")).isLessThan(result.number("freed-resident"));
    }

    @Test
    void aRunThatAThreadKeepsIsCountedAsItsCaches() {
        ChildJvm.Result result = ChildJvm.of(AccountingRun.class, "kept-run")
                .options("sample=0")
                .run()
                .succeeded();
        assertThat(result.number("kept")).isGreaterThanOrEqualTo(AccountingRun.KEPT_RUN);
    }

    @Test
    void whileNobodyCallsTheCountOfLiveBlocksStaysThoughTheHousekeeperMovesFreeOnes() {
        ChildJvm.Result result = ChildJvm.of(AccountingRun.class, "moves")
                .options("decay=1s")
                .run()
                .succeeded();
        assertThat(result.number("least-live")).isEqualTo(5_000);
        assertThat(result.number("most-live")).isEqualTo(5_000);
    }
}
