package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How much of the system it takes: accessible memory, mappings, and its whole range. Limits, not timings. What goes back: {@link GivenBackTest}. */
@EnabledOnOs(OS.LINUX)
@Tag("once")
class LimitsTest {

    /** The system charges what is accessible, touched or not, where {@code vm.overcommit_memory} is 2. */
    @Test
    void aStartMakesLittleMemoryAccessible() {
        ChildJvm.Result result = ChildJvm.of(LimitsRun.class, "start").run().succeeded();
        assertThat(result.number("mapped")).isLessThan(12 << 20);
    }

    @Test
    void whereTheAreaIsFullAllThatIsFreeIsLookedAt() {
        ChildJvm.Result result = ChildJvm.of(LimitsRun.class, "full-area").run().succeeded();
        assertThat(result.number("found")).isOne();
    }

    @Test
    void anotherAllocatorsBlocksAmongStrictOnesAreNotTakenForOurs() {
        ChildJvm.Result result = ChildJvm.of(LimitsRun.class, "strict-among-foreign")
                .options("large=strict")
                .run()
                .succeeded();
        assumeThat(result.number("between")).as("the system maps side by side").isOne();
        assertThat(result.number("taken")).isZero();
        assertThat(result.number("inside-ours")).isOne();
        assertThat(result.number("bad")).isEqualTo(2);
        assertThat(result.number("behind-ours")).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "large=packed, 400000, 6553, 6553",
        "'large=packed,decay=0s', 100000, 6553, 6553",
        "large=strict, 400000, 20000, 40000"
    })
    void manyLargeBlocksStayFarBelowTheLimitOfMappings(String options, int blocks, long mostFull, long mostHoles) {
        ChildJvm.Result result = ChildJvm.of(LimitsRun.class, "mappings", blocks, 40_000)
                .options(options)
                .run()
                .succeeded();
        assertThat(result.number("live")).isLessThan(mostFull);
        assertThat(result.number("half")).isLessThan(mostHoles);
        assertThat(result.number("others")).isLessThan(mostHoles);
        assertThat(result.number("none")).isLessThan(1_000);
    }

    @Test
    void blocksThatMoveByMappingStayFarBelowTheLimitOfMappings() {
        ChildJvm.Result result = ChildJvm.of(LimitsRun.class, "moved-mappings", 10_000)
                .options("large=packed")
                .run()
                .succeeded();
        assertThat(result.number("live")).isLessThan(6_000);
        assertThat(result.number("another-may-move")).isZero();
        assertThat(result.number("one-may-move-again")).isOne();
        assertThat(result.number("none")).isLessThan(200);
        // What is mapped anew has the same advice as all else, and so becomes one with it.
        assertThat(result.number("none-of-runs")).isZero();
    }
}
