package zonal.allocator;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Hostile values do no harm: random calls, most of them wrong, beside good ones whose blocks are verified. A failure names its seed: {@code
 * -Dzonal.test.seed=42}; more steps: {@code -Dzonal.test.steps=100000000}.
 */
class FuzzTest {

    private static final long STEPS = ChildJvm.steps(10_000);
    private static final long SEED = Long.getLong("zonal.test.seed", System.nanoTime());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "large=packed",
                "large=packed,decay=0s,sample=4k",
                "large=packed,decay=10ms,large-cache=1m,on-error=throw",
                "large=packed,tiny=2000,small=20000,zero-on-free=on",
                "large=strict",
                "large=strict,decay=0s,on-error=throw,sample=4k"
            })
    void noCallWhateverItsValuesHarmsABlockOrTheHeap(String options) {
        ChildJvm.of(FuzzRun.class, SEED, STEPS).options(options).run().succeeded();
    }
}
