package zonal.samples.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ResultsTest {
    private final Results results = new Results();

    @Test
    void theRatioIsOfMediansToThePeerWithTheLowest() {
        measured("glibc", 30, 20, 100);
        measured("tcmalloc", 18, 16, 24);
        measured("zonal", 6, 5, 9);

        Results.Ratio ratio = results.timeRatio("pair-64").orElseThrow();
        assertThat(ratio.bestPeer()).isEqualTo("tcmalloc");
        assertThat(ratio.median()).isEqualTo(18.0 / 6);
        assertThat(ratio.least()).isEqualTo(16.0 / 9);
        assertThat(ratio.most()).isEqualTo(24.0 / 5);
    }

    @Test
    void aFailureIsNamedAndOneIsEnough() {
        measured("zonal", 6);
        results.add(new Trial("pair-64", "zonal", 2, Optional.empty(), "exit 1: wrong stamp"));

        assertThat(results.hasFailed("pair-64", "zonal")).isTrue();
        assertThat(results.failures()).containsExactly("pair-64 on zonal: exit 1: wrong stamp");
    }

    @Test
    void whoFailedOnceHasNoPartInARatio() {
        measured("glibc", 30);
        measured("tcmalloc", 18);
        results.add(new Trial("pair-64", "tcmalloc", 2, Optional.empty(), "exit 1: wrong stamp"));
        measured("zonal", 6);
        assertThat(results.timeRatio("pair-64").orElseThrow().bestPeer()).isEqualTo("glibc");

        results.add(new Trial("pair-64", "zonal", 2, Optional.empty(), "exit 1: wrong stamp"));
        assertThat(results.timeRatio("pair-64")).isEmpty();
    }

    @Test
    void aMeasurementComesBackFromItsLine() {
        Measurement measurement = measurement(12.5);

        assertThat(Measurement.in("something else\n" + measurement.line() + "\n"))
                .contains(measurement);
        assertThat(Measurement.in("nothing of the kind\n")).isEmpty();
    }

    private void measured(String allocator, double... nanos) {
        for (double each : nanos) {
            results.add(new Trial("pair-64", allocator, 1, Optional.of(measurement(each)), ""));
        }
    }

    private static Measurement measurement(double nanos) {
        return new Measurement(1_000, nanos, nanos, 5, 40_000, 50_000, 45_000, 170);
    }
}
