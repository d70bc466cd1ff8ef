package zonal.samples.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import zonal.samples.bench.workloads.Workload;
import zonal.samples.bench.workloads.Workloads;
import zonal.samples.report.Table;

/**
 * What the sampling of stacks costs: the cache workload with {@code sample=512k}, the default, and with {@code sample=0}, in turn.
 *
 * <p>The difference is far below what a shared machine makes of the same work from one second to the next. So each JVM times many short
 * windows, and the fastest quarter counts: what another machine on the same host takes away lengthens windows and shortens none. A window
 * has as many samples as any other, so they are not sorted out with it. Two neighbours make a pair, each in front as often as behind, and the
 * median of the pairs' ratios is the answer.
 */
final class SamplingCost {
    private static final int PAIRS = 12;
    private static final String SAMPLED = "512k";
    private static final String UNSAMPLED = "0";
    private static final String WORKLOAD = "cache";

    /** Operations of a window: some 15 ms, in which some 50 to 100 blocks are sampled at first, and some six later. */
    private static final long WINDOW = 100_000;

    private static final long WARM_UP_NANOS = 1_500_000_000;
    private static final long MEASURED_NANOS = 3_000_000_000L;

    private final Path agentJar;

    SamplingCost(Path agentJar) {
        this.agentJar = agentJar;
    }

    /** Measures, and prints a table and the median. */
    void run(List<String> jvmOptions) throws IOException, InterruptedException {
        Table table = new Table(WORKLOAD + ", ns an operation", "sample=" + SAMPLED, "sample=" + UNSAMPLED, "ratio");
        double[] ratios = new double[PAIRS];
        for (int pair = 0; pair < PAIRS; pair++) {
            boolean sampledFirst = pair % 2 == 0;
            double first = measure(sampledFirst ? SAMPLED : UNSAMPLED, jvmOptions);
            double second = measure(sampledFirst ? UNSAMPLED : SAMPLED, jvmOptions);
            double sampled = sampledFirst ? first : second;
            double unsampled = sampledFirst ? second : first;
            ratios[pair] = sampled / unsampled;
            table.row("pair " + (pair + 1), text(sampled), text(unsampled), text(ratios[pair]));
        }
        Arrays.sort(ratios);
        System.out.println(table);
        System.out.printf(
                Locale.ROOT,
                "Sampling takes %+.1f %% of the time (median of %d pairs; half of them lie between %+.1f %% and %+.1f %%).%n",
                percent((ratios[(PAIRS - 1) / 2] + ratios[PAIRS / 2]) / 2),
                PAIRS,
                percent(ratios[PAIRS / 4]),
                percent(ratios[PAIRS - 1 - PAIRS / 4]));
    }

    private double measure(String sample, List<String> jvmOptions) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions);
        command.add("-javaagent:" + agentJar + "=sample=" + sample);
        command.addAll(List.of("-classpath", System.getProperty("java.class.path"), SamplingCost.class.getName()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(command + ": exit code " + process.exitValue() + "\n" + printed);
        }
        return Double.parseDouble(printed.strip());
    }

    /** In a JVM of its own: prints the nanoseconds of an operation in the fastest quarter of the windows. */
    public static void main(String[] arguments) throws InterruptedException {
        try (Workload workload = Workloads.create(WORKLOAD, 1)) {
            windows(workload, WARM_UP_NANOS);
            double[] nanos = windows(workload, MEASURED_NANOS);
            Arrays.sort(nanos);
            System.out.println(
                    Arrays.stream(nanos).limit(nanos.length / 4).average().orElseThrow());
        }
    }

    private static double[] windows(Workload workload, long atLeast) throws InterruptedException {
        List<Double> windows = new ArrayList<>();
        long begin = System.nanoTime();
        long start = begin;
        while (start - begin < atLeast) {
            long done = workload.run(WINDOW);
            long end = System.nanoTime();
            windows.add((double) (end - start) / done);
            start = end;
        }
        return windows.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static double percent(double ratio) {
        return 100 * (ratio - 1);
    }

    private static String text(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.3f" : "%.1f", value);
    }
}
