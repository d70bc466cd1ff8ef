package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Below the JDK nothing may be allocated on the Java heap: no way of malloc, calloc, realloc and free does, but for samples. */
class JavaHeapTest {

    @ParameterizedTest
    @CsvSource({
        "'large=packed', 40, 1000000",
        "'large=packed', 600, 1000000",
        "'large=packed', 5000, 300000",
        "'large=packed,large-cache=1m', 60000, 20000",
        "'large=packed,decay=0s', 3000, 30000",
        "'large=strict', 5000, 10000"
    })
    void noCallAllocatesOnTheJavaHeap(String options, long bytes, long pairs) {
        ChildJvm.Result result = ChildJvm.of(JavaHeapRun.class, bytes, pairs)
                .options(options + ",sample=0")
                .run();
        assertThat(result.succeeded().number("allocated")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-Xint", "-XX:TieredStopAtLevel=1", "-XX:+TieredCompilation"})
    void noSystemCallAllocatesOnTheJavaHeapWhoeverRunsIt(String compiler) {
        // The JVM makes something of a method handle at the 128th call from code that C2 hasn't compiled.
        ChildJvm.Result result = ChildJvm.of(SystemCallsRun.class, 500)
                .options("sample=0")
                .flags(compiler)
                .run();
        assertThat(result.succeeded().number("allocated")).isZero();
    }
}
