package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a block costs that grows or shrinks: page faults and resident memory. Limits, not timings. */
@EnabledOnOs(OS.LINUX)
@Tag("once")
class ReallocTest {

    @ParameterizedTest
    @CsvSource({
        "in-place, large=packed",
        "among-neighbours, large=packed",
        "in-place, large=strict",
        "among-neighbours, large=strict"
    })
    void reallocOf16MibTo128MibCopiesAndTouchesNothing(String what, String options) {
        ChildJvm.Result result =
                ChildJvm.of(ReallocRun.class, what).options(options).run().succeeded();
        // 16 MiB copied would be 4,096 faults.
        assertThat(result.number("faults")).isLessThan(400);
        assertThat(result.number("kib")).isLessThan(1024);
    }

    @Test
    void aBlockThatMovesAgainAndAgainIsNotCopied() {
        ChildJvm.Result result = ChildJvm.of(ReallocRun.class, "again").run().succeeded();
        for (int mib : new int[] {64, 128}) {
            assertThat(result.number("moved-" + mib)).isOne();
            assertThat(result.number("faults-" + mib)).isLessThan(400);
        }
    }

    @ParameterizedTest
    @CsvSource({"in-place, 14", "moved, 60"})
    void shrinkingGivesMemoryBack(String where, long mib) {
        ChildJvm.Result result =
                ChildJvm.of(ReallocRun.class, "shrink", where).run().succeeded();
        assertThat(result.number("given-back")).isGreaterThan(mib << 20);
    }

    @Test
    void aBlockThatMovesTakesThePlaceOfNothingThatIsInMemory() {
        ChildJvm.Result result =
                ChildJvm.of(ReallocRun.class, "dirty-room").run().succeeded();
        assertThat(result.number("moved")).isOne();
        assertThat(result.number("left")).isOne();
    }

    /** A block that grew once will often grow again. */
    @ParameterizedTest
    @ValueSource(strings = {"room", "clean-room"})
    void aBlockThatHasToMoveCanThenGrowWhereItIs(String what) {
        ChildJvm.Result result = ChildJvm.of(ReallocRun.class, what).run().succeeded();
        assertThat(result.number("moved")).isOne();
        assertThat(result.number("moved-again")).isZero();
    }
}
