package zonal.samples.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
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

    @Test
    void theMedianOfTwoLiesBetweenThem() {
        measured("zonal", 6, 9);

        assertThat(results.spread("pair-64", "zonal", Measurement::nanosPerOperation))
                .contains(new Results.Spread(7.5, 6, 9));
    }

    @Test
    void memoryCountsFromBeforeTheWorkload() {
        Measurement measurement = measurement(12.5);

        assertThat(measurement.peakMiB()).isEqualTo(10_000 / 1_024.0);
        assertThat(measurement.afterMiB()).isEqualTo(5_000 / 1_024.0);
        assertThat(measurement.faultsPerThousand()).isEqualTo(5);
    }

    @Test
    void peaksAreComparedFrom24MiBOn() {
        peaks(24);
        assertThat(results.peakRatio("pair-64").orElseThrow().median()).isEqualTo(0.5);

        peaks(23);
        assertThat(results.peakRatio("pair-64")).isEmpty();
    }

    @Test
    void aLineOfTheResultsHasAValueForEachColumn() {
        int columns = Trial.COLUMNS.split("\t", -1).length;
        Trial right = new Trial("pair-64", "zonal", 1, Optional.of(measurement(6)), "");
        Trial wrong = new Trial("pair-64", "zonal", 1, Optional.empty(), "exit 1");

        assertThat(right.columns().split("\t", -1)).hasSize(columns);
        assertThat(wrong.columns().split("\t", -1)).hasSize(columns).endsWith("exit 1");
    }

    /** Zonal's is twice the peer's. */
    private void peaks(long peerMiB) {
        for (String allocator : List.of("glibc", "zonal")) {
            long peakKiB = 1_024 * peerMiB * (allocator.equals("zonal") ? 2 : 1);
            Measurement measurement = new Measurement(1_000, 1, 1, 5, 0, peakKiB, 0, 170);
            results.add(new Trial("pair-64", allocator, 1, Optional.of(measurement), ""));
        }
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
