package zonal.allocator;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With {@code zero-on-free=on} nothing that was written to a block can be read where it was, nor in a later block. */
@Tag("once")
class ZeroOnFreeTest {

    private static final long SEED = Long.getLong("zonal.test.seed", 1);

    @ParameterizedTest
    @ValueSource(strings = {"large=packed", "large=packed,decay=0s", "large=strict", "large=packed,huge-pages=advise"})
    void whatIsFreedOrCutOffReadsAsZeroAtOnce(String options) {
        run("at-once", options);
    }

    @ParameterizedTest
    @ValueSource(strings = {"large=packed", "large=packed,tiny=2000,small=20000", "large=strict"})
    void soItDoesWhereTheSystemTakesNothingBack(String options) {
        run("refused", options);
    }

    @ParameterizedTest
    @ValueSource(strings = {"large=packed", "large=packed,decay=0s", "large=strict,decay=10ms"})
    void noBlockShowsAnythingOfAnEarlierOneWhateverThreadsDo(String options) {
        run("threads", options);
    }

    private static void run(String what, String options) {
        ChildJvm.of(ZeroOnFreeRun.class, what, SEED)
                .options(options + ",zero-on-free=on")
                .run()
                .succeeded();
    }
}
