package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A stack may overflow inside the allocator, at any depth: then the call has done nothing, the heap is whole, no lock stays locked, and
 * neither the allocator nor the JVM says a word.
 */
class StackOverflowTest {

    private static final long OVERFLOWS = ChildJvm.steps(80_000) / 80;

    @ParameterizedTest
    @CsvSource({
        "large=packed, -Xmixed",
        "'large=packed,decay=0s', -XX:TieredStopAtLevel=1",
        "'large=strict,decay=0s', -Xmixed",
    })
    void aCallThatOverflowsTheStackHasDoneNothing(String options, String compiler) {
        assertSilent(options, compiler, OVERFLOWS);
    }

    @ParameterizedTest
    @CsvSource({"large=packed, -Xint"})
    void norDoesItInTheInterpreter(String options, String compiler) {
        assertSilent(options, compiler, OVERFLOWS / 4);
    }

    private static void assertSilent(String options, String compiler, long overflows) {
        ChildJvm.Result result = ChildJvm.of(StackOverflowRun.class, overflows)
                .options(options)
                .flags(compiler)
                .allocatorOnBootPath()
                .run()
                .succeeded();
        assertThat(result.number("overflows")).isGreaterThanOrEqualTo(overflows / 50 * 50);
        assertThat(result.out() + result.err()).hasLineCount(1);
    }
}
