package zonal.samples.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BenchReportTest {
    private final Results results = new Results();
    private final BenchReport report = new BenchReport(
            results, new Settings(List.of(), List.of("glibc", "zonal"), 3, 1, Path.of("zonal.jar"), Path.of("bench")));

    @ParameterizedTest
    @CsvSource({"0.126, 0.13x", "9.994, 9.99x", "45.61, 45.6x", "789.4, 789x"})
    void ratiosHaveThreeDigits(double ratio, String text) {
        assertThat(BenchReport.times(ratio)).isEqualTo(text);
    }

    @Test
    void timesAreToldInTheUnitThatSuitsThem() {
        measured("glibc", 30);
        measured("zonal", 12_500);
        assertThat(report.summary())
                .contains("30.00 ns", "12.5 us", "0.00x (0.00x - 0.00x) glibc", "-Dbench.only=pair-64");

        measured("zonal", 45e6);
        measured("zonal", 45e6);
        assertThat(report.details("pair-64")).contains("45.0 ms", "12.5 us");
    }

    @Test
    void whoWasNotThereIsMissing() {
        measured("zonal", 6);

        assertThat(report.details("pair-64")).containsPattern("glibc +missing").containsPattern("zonal +6.00 ns");
    }

    @Test
    void noAllocatorInheritsAPreload() {
        ProcessBuilder builder = new ProcessBuilder();
        builder.environment().put("LD_PRELOAD", "libother.so");
        Contender.ZONAL.prepare(builder);

        assertThat(builder.environment()).doesNotContainKey("LD_PRELOAD");
    }

    private void measured(String allocator, double nanos) {
        Measurement measurement = new Measurement(1_000, nanos, nanos, 5, 40_000, 50_000, 45_000, 170);
        results.add(new Trial("pair-64", allocator, 1, Optional.of(measurement), ""));
    }
}
