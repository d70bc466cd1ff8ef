package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a caller sees is the same in every configuration. */
@Tag("once")
class OtherOptionsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "large=strict",
                "large=strict,tiny=64,small=512,decay=0s",
                "large=packed,tiny=2000,small=20000,decay=0s"
            })
    void theSemanticsAreTheSame(String options) {
        passes(SemanticsTest.class, options);
    }

    @ParameterizedTest
    @ValueSource(strings = {"large=strict", "large=packed,tiny=2000,small=20000,decay=0s"})
    void badCallsDoNoHarm(String options) {
        passes(BadCallsTest.class, options);
    }

    @ParameterizedTest
    @ValueSource(strings = {"large=strict"})
    void arenasAreTheSame(String options) {
        passes(ZoneArenaTest.class, options);
    }

    @ParameterizedTest
    @ValueSource(strings = {"large=strict", "large=packed,tiny=2000,small=20000,decay=0s"})
    void theWalkOverAllBlocksIsTheSame(String options) {
        passes(LiveBlocksTest.class, options);
    }

    @ParameterizedTest
    @ValueSource(strings = {"large=strict"})
    void theListingIsTheSame(String options) {
        passes(AllocationDumpTest.class, options);
    }

    private static void passes(Class<?> tests, String options) {
        ChildJvm.Result result = ChildJvm.of(TestsInChild.class, tests.getName())
                .options(options)
                .run()
                .succeeded();
        assertThat(result.number("tests")).isPositive();
    }
}
