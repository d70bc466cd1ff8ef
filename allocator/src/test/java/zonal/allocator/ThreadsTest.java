package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Any thread may free any block; threads may end with full caches; virtual threads may be anywhere. More steps: -Dzonal.test.steps. */
class ThreadsTest {

    private static final long STEPS = ChildJvm.steps(50_000);
    private static final long SEED = Long.getLong("zonal.test.seed", 1);

    /** Its owner, or a virtual thread that its owner carries, may wake up at any moment while a cache is taken away. */
    @ParameterizedTest
    @ValueSource(strings = {"sleepy", "sleepy-virtual"})
    void threadsThatSleepLoseTheirCachesAndNothingElse(String threads) {
        ChildJvm.Result result = ChildJvm.of(ThreadsRun.class, SEED, STEPS, threads)
                .options("large=packed,decay=100ms")
                .run()
                .succeeded();
        if (threads.equals("sleepy") || Memory.INTERNAL) { // otherwise virtual threads have no cache to lose
            assertThat(result.number("retired")).isGreaterThan(STEPS / 1_000);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "platform, 'large=packed,decay=100ms'",
        "platform, 'large=strict,decay=0s'",
        "short-lived, 'large=packed,decay=100ms'",
        "short-lived, 'large=strict,tiny=64,small=512'",
        "crowd, 'large=packed,decay=10ms'",
        "virtual, 'large=packed,decay=0s'",
        "virtual, 'large=strict'"
    })
    void blocksOfManyThreadsStayApartAndNothingIsLost(String threads, String options) {
        ChildJvm.of(ThreadsRun.class, SEED, STEPS, threads)
                .options(options)
                .run()
                .succeeded();
    }
}
