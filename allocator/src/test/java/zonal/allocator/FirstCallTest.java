package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
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

    /** Else it might find the Java heap full. A virtual thread may have no cache of its own, and be the one that starts the allocator. */
    @Test
    void afterTheStartNoCallInitialisesAClass() {
        ChildJvm.Result result = ChildJvm.of(FirstCall.class, "started-by-a-virtual-thread")
                .flags("-Xlog:class+init=info:stdout")
                .run()
                .succeeded();
        assertThat(result.out()).contains("Initializing 'zonal/allocator/Magazine'");
        assertThat(result.out()
                        .substring(result.out().indexOf("started"), result.out().indexOf("called")))
                .doesNotContain("Initializing 'zonal/allocator/");
    }
}
