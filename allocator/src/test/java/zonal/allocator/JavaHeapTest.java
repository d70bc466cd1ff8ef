package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Below the JDK nothing may be allocated on the Java heap: no way of malloc, calloc, realloc and free does.
 * But FFM itself makes an object of 40 bytes for each system call, until C2 has compiled the caller.
 */
class JavaHeapTest {

    @ParameterizedTest
    @CsvSource({
        "'large=packed', 40, 1000000, 0",
        "'large=packed', 600, 1000000, 0",
        "'large=packed', 5000, 300000, 0",
        "'large=packed,large-cache=1m', 60000, 20000, 40",
        "'large=packed,decay=0s', 3000, 30000, 40",
        "'large=strict', 5000, 10000, 80"
    })
    void noCallAllocatesOnTheJavaHeap(String options, long bytes, long pairs, long mostForEachPair) {
        ChildJvm.Result result =
                ChildJvm.of(JavaHeapRun.class, bytes, pairs).options(options).run();
        assertThat(result.succeeded().number("allocated")).isLessThanOrEqualTo(mostForEachPair * pairs);
    }
}
