package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
}
