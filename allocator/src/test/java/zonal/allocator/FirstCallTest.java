package zonal.allocator;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The library needs no start: any call may be the first. */
class FirstCallTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "malloc",
                "calloc",
                "realloc",
                "free",
                "owns",
                "usableSize",
                "isFresh",
                "show_alloc_mem",
                "statistics",
                "arena"
            })
    void anyCallMayBeTheFirst(String call) {
        ChildJvm.of(FirstCall.class, call).run().succeeded();
    }
}
