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
import zonal.samples.jvm.JavaCommand;
import zonal.samples.report.Table;

/**
 * What an option of the agent costs or saves: a workload with it and without, in turn.
 *
 * <p>The difference is far below what a shared machine makes of the same work from one second to the next. So each JVM times many short
 * windows, and the fastest quarter counts: what another machine on the same host takes away lengthens windows and shortens none. A window
 * has as many samples as any other, so they are not sorted out with it. Two neighbours make a pair, each in front as often as behind, and the
 * median of the pairs' ratios is the answer.
 */
final class OptionCost {
    private static final int PAIRS = 12;

    /** Operations of a window: some 15 ms of the cache, in which some 50 to 100 blocks are sampled at first, and some six later. */
    private static final long WINDOW = 100_000;

    private static final long WARM_UP_NANOS = 1_500_000_000;
    private static final long MEASURED_NANOS = 3_000_000_000L;

    private final Path agentJar;
    private final String workload;
    private final String with;
    private final String without;

    private OptionCost(Path agentJar, String workload, String with, String without) {
        this.agentJar = agentJar;
        this.workload = workload;
        this.with = with;
        this.without = without;
    }

    /** The default against no samples. */
    static OptionCost ofSampling(Path agentJar) {
        return new OptionCost(agentJar, "cache", "sample=512k", "sample=0");
    }

    static OptionCost ofHugePages(Path agentJar) {
        return new OptionCost(agentJar, Workloads.RANDOM_WRITES, "huge-pages=advise", "huge-pages=off");
    }

    /** Measures, and prints a table and the median. */
    void run(List<String> jvmOptions) throws IOException, InterruptedException {
        Table table = new Table(workload + ", ns an operation", with, without, "ratio");
        double[] ratios = new double[PAIRS];
        for (int pair = 0; pair < PAIRS; pair++) {
            boolean withFirst = pair % 2 == 0;
            double first = measure(withFirst ? with : without, jvmOptions);
            double second = measure(withFirst ? without : with, jvmOptions);
            double nanosWith = withFirst ? first : second;
            double nanosWithout = withFirst ? second : first;
            ratios[pair] = nanosWith / nanosWithout;
            table.row("pair " + (pair + 1), text(nanosWith), text(nanosWithout), text(ratios[pair]));
        }
        Arrays.sort(ratios);
        System.out.println(table);
        System.out.printf(
                Locale.ROOT,
                "From %s to %s the time of an operation changes by %+.1f %% (median of %d pairs; half of them lie between %+.1f %% and %+.1f %%).%n",
                without,
                with,
                percent((ratios[(PAIRS - 1) / 2] + ratios[PAIRS / 2]) / 2),
                PAIRS,
                percent(ratios[PAIRS / 4]),
                percent(ratios[PAIRS - 1 - PAIRS / 4]));
    }

    private double measure(String option, List<String> jvmOptions) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions);
        command.add("-javaagent:" + agentJar + "=" + option);
        command.addAll(
                List.of("-classpath", System.getProperty("java.class.path"), OptionCost.class.getName(), workload));
        Process process = JavaCommand.builder(command).redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(command + ": exit code " + process.exitValue() + "\n" + printed);
        }
        return Double.parseDouble(printed.strip());
    }

    /** In a JVM of its own: prints the nanoseconds of an operation in the fastest quarter of the windows. */
    public static void main(String[] arguments) throws InterruptedException {
        try (Workload workload = Workloads.create(arguments[0], 1)) {
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
