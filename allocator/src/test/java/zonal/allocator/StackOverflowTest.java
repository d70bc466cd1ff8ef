package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A stack may overflow inside the allocator, at any depth: no lock stays locked, and the heap stays whole. At worst a block is lost. */
class StackOverflowTest {

    private static final long ROUNDS = Long.getLong("zonal.test.steps", 400) / 100;

    @ParameterizedTest
    @ValueSource(strings = {"large=packed", "large=strict"})
    void theHeapStaysWhole(String options) {
        ChildJvm.Result result = ChildJvm.of(StackOverflowRun.class, ROUNDS)
                .options(options)
                .allocatorOnBootPath()
                .run()
                .succeeded();
        assertThat(result.number("overflows")).isPositive();
    }
}
