package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes of a bad call, the option on-error decides. */
class OnErrorTest {

    private static final int BAD_CALLS = 102;

    @ParameterizedTest
    @ValueSource(strings = {"large=packed", "large=strict"})
    void reportTellsOnceForEachCallSiteWithTheCallersStack(String options) {
        ChildJvm.Result result = run(options + ",on-error=report").succeeded();
        assertThat(result.number("counted")).isEqualTo(BAD_CALLS);
        assertThat(result.number("thrown")).isZero();
        List<String> lines =
                result.err().lines().filter(line -> !line.startsWith("WARNING")).toList();
        assertThat(lines.stream().filter(line -> line.startsWith("zonal: "))).hasSize(3);
        assertThat(reportOf(lines, "oneSite"))
                .matches(
                        "zonal: bad free of 0x[0-9a-f]+: the block there is free already \\(freed twice\\?\\) \\(thread main\\)");
        assertThat(reportOf(lines, "anotherSite"))
                .matches("zonal: bad realloc of 0x[0-9a-f]+: no live block starts there .* \\(thread main\\)");
        assertThat(reportOf(lines, "aThirdSite"))
                .matches(
                        "zonal: bad free of 0x[0-9a-f]+: no live block starts there .* \\(thread the-other  thread\\)");
    }

    @ParameterizedTest
    @ValueSource(strings = {OnErrorRun.NO_STDERR, OnErrorRun.THROWING_STDERR})
    void whereStderrIsMissingOrThrowsTheCallIsCountedAndNothingIsThrown(String stderr) {
        ChildJvm.Result result = ChildJvm.of(OnErrorRun.class, stderr)
                .options("on-error=report")
                .run()
                .succeeded();
        assertThat(result.number("counted")).isEqualTo(BAD_CALLS);
        assertThat(result.number("thrown")).isZero();
    }

    /** What is remembered of sites takes Java heap, and what is said of them room in a log. */
    @Test
    void ofVeryManyCallSitesAThousandAreReported() {
        ChildJvm.Result result =
                ChildJvm.of(OnErrorRun.class, OnErrorRun.MANY_SITES).run().succeeded();
        assertThat(result.number("counted")).isEqualTo(4_096);
        assertThat(result.err().lines().filter(line -> line.startsWith("zonal: ")))
                .hasSize(1_000);
    }

    /** The line above the frame of {@code method}: the allocator's own frames are left out. */
    private static String reportOf(List<String> lines, String method) {
        for (int i = 1; i < lines.size(); i++) {
            if (lines.get(i).startsWith("\tat zonal.allocator.OnErrorRun." + method + "(")) {
                return lines.get(i - 1);
            }
        }
        throw new AssertionError("no report of " + method + ":\n" + String.join("\n", lines));
    }

    @ParameterizedTest
    @ValueSource(strings = {"large=packed", "large=strict"})
    void throwThrowsInTheCallerAndReportsNothing(String options) {
        ChildJvm.Result result = run(options + ",on-error=throw").succeeded();
        assertThat(result.number("counted")).isEqualTo(BAD_CALLS);
        assertThat(result.number("thrown")).isEqualTo(BAD_CALLS);
        assertThat(result.err()).doesNotContain("zonal: ");
    }

    @Test
    void abortReportsAndStopsTheJvmAtOnce() {
        ChildJvm.Result result = run("on-error=abort");
        assertThat(result.exitCode()).isEqualTo(134);
        assertThat(result.err()).contains("zonal: bad free of 0x").contains("\tat zonal.allocator.OnErrorRun.oneSite(");
        assertThat(result.out()).doesNotContain("counted=");
    }

    private static ChildJvm.Result run(String options) {
        return ChildJvm.of(OnErrorRun.class).options(options).run();
    }
}
