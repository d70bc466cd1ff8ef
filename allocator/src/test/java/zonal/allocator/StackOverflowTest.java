package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
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

    /** So it is for a while in each JVM, and again where the compiler takes back what it made. */
    @Test
    void norWhereTheProbeIsCompiledAndItsCallersAreNot() {
        assertSilent(
                ChildJvm.of(StackOverflowRun.class, OVERFLOWS, "frees")
                        .flags(
                                "-XX:CompileCommand=quiet",
                                "-XX:CompileCommand=compileonly,zonal/allocator/StackProbe.*"),
                OVERFLOWS);
    }

    private static void assertSilent(String options, String compiler, long overflows) {
        assertSilent(
                ChildJvm.of(StackOverflowRun.class, overflows).options(options).flags(compiler), overflows);
    }

    private static void assertSilent(ChildJvm child, long overflows) {
        ChildJvm.Result result = child.allocatorOnBootPath().run().succeeded();
        assertThat(result.number("overflows")).isGreaterThanOrEqualTo(overflows / 50 * 50);
        assertThat(result.out() + result.err()).hasLineCount(1);
    }
}
