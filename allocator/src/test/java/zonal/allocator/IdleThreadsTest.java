package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What threads keep of free blocks: next to nothing once they are idle, have ended, or use other sizes. Limits, not timings. */
@EnabledOnOs(OS.LINUX)
@Tag("once")
class IdleThreadsTest {

    private static final long MOST_HELD_BY_IDLE_THREADS = 100_000L << 10;

    @Test
    void tenThousandIdleThreadsHoldLittleAndEndedOnesNothing() {
        ChildJvm.Result result = ChildJvm.of(IdleThreadsRun.class, "stay", 10_000)
                .options("decay=300ms")
                .run()
                .succeeded();
        assertThat(result.number("live"))
                .isCloseTo(10_000L * 50 * (2 + 4 + 6 + 8 + 10 + 12 + 14 + 16 + 18 + 20), withPercentage(2));
        assertThat(result.number("held")).isLessThan(MOST_HELD_BY_IDLE_THREADS);
        assertThat(result.number("ended-live")).isZero();
        assertThat(result.number("ended-cached")).isZero();
        assertThat(result.number("ended-held")).isLessThan(16L << 20);
    }

    @ParameterizedTest
    @ValueSource(strings = {"decay=300ms", "decay=0s"})
    void aPoolOfThreadsThatHadItsHourHoldsNothing(String options) {
        ChildJvm.Result result = ChildJvm.of(IdleThreadsRun.class, "pool", 200)
                .options(options)
                .run()
                .succeeded();
        assertThat(result.number("cached")).isGreaterThan(20L << 20);
        assertThat(result.number("left-cached")).isZero();
        assertThat(result.number("left-held")).isLessThan(4L << 20);
    }

    /** What an idle thread's cache held doesn't wait twice: first until the thread is seen to be idle, and then, in its page or run, as long again. */
    @ParameterizedTest
    @CsvSource({"pool, 3s", "pool, 1999ms", "virtual, 3s"})
    void whatAnIdleThreadFreedGoesBackWithinTwiceTheDecay(String threads, String decay) {
        ChildJvm.Result result = ChildJvm.of(IdleThreadsRun.class, threads, 200)
                .options("decay=" + decay)
                .run()
                .succeeded();
        assertThat(result.number("left-cached")).isZero();
        assertThat(result.number("left-held")).isLessThan(4L << 20);
        assertThat(result.number("decays")).isLessThan(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 90_000})
    void whatABusyThreadNoLongerUsesGoesBack(int bytes) {
        ChildJvm.Result result = ChildJvm.of(IdleThreadsRun.class, "busy", 20, bytes)
                .options("decay=2s")
                .run()
                .succeeded();
        assertThat(result.number("cached")).isGreaterThan(10L << 20);
        assertThat(result.number("decays")).isLessThan(4);
    }
}
