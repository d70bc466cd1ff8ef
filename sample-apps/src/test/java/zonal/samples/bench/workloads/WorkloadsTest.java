package zonal.samples.bench.workloads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class WorkloadsTest {
    private static final double SMALL = 0.001;

    @ParameterizedTest
    @MethodSource("quickOnes")
    void eachDoesAsManyOperationsAsItIsAskedForAtLeast(String name) throws Exception {
        try (Workload workload = Workloads.create(name, SMALL)) {
            assertThat(workload.run(1)).isPositive();
            assertThat(workload.run(2_000)).isGreaterThanOrEqualTo(2_000);
        }
    }

    @Test
    void anUnknownNameIsAnsweredWithTheKnownOnes() {
        assertThatThrownBy(() -> Workloads.create("pear-64", 1))
                .hasMessageContaining("pear-64")
                .hasMessageContaining("pair-64");
    }

    static Stream<String> quickOnes() {
        return Workloads.names().stream()
                .filter(name -> !name.matches("direct-512m|direct-1m|collected-1m|realloc-8m|mleak|vthreads-100k"));
    }
}
