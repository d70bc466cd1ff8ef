package zonal.allocator;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The allocator is a map from addresses to blocks, whatever is done to it: random steps against a shadow map, near a million in all, in
 * configurations that take different paths. More steps: {@code -Dzonal.test.steps=100000000}; another run: {@code -Dzonal.test.seed=42}.
 */
class ModelTest {

    private static final long STEPS = ChildJvm.steps(60_000);
    private static final long SEED = Long.getLong("zonal.test.seed", 1);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "large=packed",
                "large=packed,decay=0s",
                "large=packed,decay=10ms,large-cache=1m",
                "large=packed,decay=never,tiny=64,small=512",
                "large=packed,tiny=2000,small=20000",
                "large=packed,tiny=1024,small=32k,large-cache=0",
                "large=strict",
                "large=strict,tiny=2000,small=20000,decay=0s",
                "large=strict,tiny=64,small=512,decay=never"
            })
    void everyBlockIsWhereTheShadowMapSaysAndHoldsWhatWasWritten(String options) {
        ChildJvm.of(ModelRun.class, SEED, STEPS).options(options).run().succeeded();
    }
}
