package zonal.samples.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import zonal.samples.jvm.JavaCommand;

/** Starts the JVMs that measure, and shows what they found. The package's documentation tells how to run it. */
final class Bench {
    /** For a worker of scale 1 or less. */
    private static final long TIMEOUT_SECONDS = 180;

    /** The same for all. The heap is touched beforehand, so that what grows later is off-heap memory. */
    private static final List<String> JVM_OPTIONS = List.of(
            "-Xms320m",
            "-Xmx320m",
            "-Xmn96m",
            "-XX:+UseSerialGC",
            "-XX:+AlwaysPreTouch",
            "-XX:MaxDirectMemorySize=2g",
            "-XX:-CreateCoredumpOnCrash",
            "--sun-misc-unsafe-memory-access=allow");

    private final Settings settings;
    private final Path tsv;
    private final String machine = Machine.describe();
    private final Results results = new Results();
    /** Who was asked for and isn't there, a line each. */
    private final List<String> missing = new ArrayList<>();

    private Bench(Settings settings) {
        this.settings = settings;
        tsv = settings.folder().resolve("results.tsv");
    }

    /** No argument: the suite. {@code jmh}, and then what JMH takes: the pairs in JMH. {@code start-up}: what the agent adds to a start. {@code sampling}, {@code huge-pages}: what that costs or saves. */
    public static void main(String[] arguments) throws Exception {
        Bench bench = new Bench(Settings.ofProperties());
        Files.createDirectories(bench.settings.folder());
        if (arguments.length > 0 && arguments[0].equals("start-up")) {
            System.out.println(bench.machine + "\n");
            new StartUp(bench.settings.folder(), bench.settings.agentJar()).run();
            return;
        }
        if (arguments.length > 0 && arguments[0].equals("sampling")) {
            System.out.println(bench.machine + "\n");
            OptionCost.ofSampling(bench.settings.agentJar()).run(JVM_OPTIONS);
            return;
        }
        if (arguments.length > 0 && arguments[0].equals("huge-pages")) {
            System.out.println(bench.machine + "\n");
            OptionCost.ofHugePages(bench.settings.agentJar()).run(JVM_OPTIONS);
            return;
        }
        boolean jmh = arguments.length > 0 && arguments[0].equals("jmh");
        if (arguments.length > 0 && !jmh) {
            throw new IllegalArgumentException(
                    "bench.args: no " + arguments[0] + "; there are jmh, start-up, sampling and huge-pages");
        }
        boolean right = jmh ? bench.jmh(List.of(arguments).subList(1, arguments.length)) : bench.suite();
        System.exit(right ? 0 : 1);
    }

    /** Answers if nothing failed. */
    private boolean suite() throws IOException, InterruptedException {
        List<String> workloads = settings.workloads(); // before anything of an earlier run is overwritten
        List<Contender> present = present();
        String heading = missing.stream().map(line -> "# " + line + "\n").collect(Collectors.joining());
        Files.writeString(tsv, "# " + machine + "\n" + heading + Trial.COLUMNS + "\n");
        for (String workload : workloads) {
            for (int repeat = 1; repeat <= settings.repeats(); repeat++) {
                for (Contender contender : present) {
                    Trial trial = run(workload, contender, repeat);
                    results.add(trial);
                    Files.writeString(tsv, trial.columns() + "\n", StandardOpenOption.APPEND);
                }
            }
            System.out.println(new BenchReport(results, settings).details(workload));
            report();
        }
        System.out.println(machine + "\n\n" + new BenchReport(results, settings).summary());
        System.out.println("written to " + settings.folder());
        missing.forEach(System.out::println);
        results.failures().forEach(failure -> System.out.println("FAILED: " + failure));
        // A peer may be missing, if it is named; without the agent there is no result.
        boolean zonalIsThere = !settings.contenders().contains(Contender.ZONAL) || present.contains(Contender.ZONAL);
        return zonalIsThere && results.failures().isEmpty();
    }

    /** Who can take part; says who can't. */
    private List<Contender> present() {
        List<Contender> present = new ArrayList<>();
        for (Contender contender : settings.contenders()) {
            contender.missing(settings).ifPresentOrElse(missing::add, () -> present.add(contender));
        }
        String names =
                present.stream().map(each -> each.name() + each.version()).collect(Collectors.joining(", "));
        System.out.println(machine + "\n" + names + "\n");
        missing.forEach(System.out::println);
        return present;
    }

    private Trial run(String workload, Contender contender, int repeat) throws IOException, InterruptedException {
        List<String> command = java(contender);
        command.addAll(
                List.of(Worker.class.getName(), workload, String.valueOf(settings.scale()), contender.evidence()));
        Path output = settings.folder().resolve("worker.txt");
        ProcessBuilder builder =
                JavaCommand.builder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        contender.prepare(builder);
        Process process = builder.start();
        long timeout = (long) (TIMEOUT_SECONDS * Math.max(1, settings.scale()));
        boolean ended = process.waitFor(timeout, TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly().waitFor();
        }
        String printed = Files.readString(output);
        Optional<Measurement> measurement = process.exitValue() == 0 ? Measurement.in(printed) : Optional.empty();
        String failure = "";
        if (measurement.isEmpty()) {
            System.out.println(printed);
            failure = ended
                    ? "exit " + process.exitValue() + ": " + reason(printed)
                    : "not ended after " + timeout + " s";
        }
        return new Trial(workload, contender.name(), repeat, measurement, failure);
    }

    /** The start of a command; the workers have no agent's or allocator's class on their class path but what the agent brings. */
    private List<String> java(Contender contender) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM_OPTIONS);
        command.add("-XX:ErrorFile=" + settings.folder().resolve("crash-%p.log"));
        command.addAll(contender.jvmOptions(settings));
        command.add("-classpath");
        command.add(System.getProperty("java.class.path"));
        return command;
    }

    /** The line that tells most, without what would break a line of the results. */
    private static String reason(String printed) {
        return printed.lines()
                .filter(line -> line.contains("Exception") || line.contains("Error") || line.contains("SIG"))
                .findFirst()
                .orElse("nothing said")
                .replace('\t', ' ');
    }

    private void report() throws IOException {
        Path folder = settings.folder();
        Files.writeString(folder.resolve("table.md"), machine + "\n\n" + new BenchReport(results, settings).summary());
        Files.writeString(
                folder.resolve("time.svg"),
                Chart.of(
                        "Time: Zonal against the best of " + peers(),
                        machine,
                        settings.command(),
                        bars(Results::timeRatio, Measurement::nanosPerOperation)));
        Files.writeString(
                folder.resolve("memory.svg"),
                Chart.of(
                        "Peak memory: Zonal against the best of " + peers(),
                        machine,
                        settings.command(),
                        bars(Results::peakRatio, Measurement::peakMiB)));
    }

    /** Whom Zonal was measured against: not all are there, or were asked for, in every run. */
    private String peers() {
        return settings.contenders().stream()
                .filter(peer ->
                        !peer.equals(Contender.ZONAL) && peer.missing(settings).isEmpty())
                .map(Contender::name)
                .collect(Collectors.joining(", "));
    }

    private List<Chart.Bar> bars(
            BiFunction<Results, String, Optional<Results.Ratio>> ratioOf, ToDoubleFunction<Measurement> figure) {
        List<Chart.Bar> bars = new ArrayList<>();
        for (String workload : results.workloads()) {
            ratioOf.apply(results, workload).ifPresent(ratio -> {
                Map<String, Double> peers = new LinkedHashMap<>();
                for (String peer : Contender.peers()) {
                    results.spread(workload, peer, figure)
                            .ifPresent(spread -> peers.put(peer, ratio.best() / spread.median()));
                }
                bars.add(new Chart.Bar(workload, ratio.median(), ratio.least(), ratio.most(), peers));
            });
        }
        return bars;
    }

    /** JMH in a JVM for each allocator; what it forks inherits the preload, and gets the agent as an argument. */
    private boolean jmh(List<String> more) throws IOException, InterruptedException {
        boolean right = true;
        for (Contender contender : present()) {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--sun-misc-unsafe-memory-access=allow",
                    "-classpath",
                    System.getProperty("java.class.path"),
                    "org.openjdk.jmh.Main",
                    "PairBenchmark",
                    "-foe",
                    "true",
                    "-prof",
                    "gc",
                    "-rf",
                    "csv",
                    "-rff",
                    settings.folder()
                            .resolve("jmh-" + contender.name() + ".csv")
                            .toString()));
            List<String> options = new ArrayList<>(JVM_OPTIONS);
            options.addAll(contender.jvmOptions(settings));
            options.replaceAll(option -> '"' + option + '"'); // JMH takes them apart at spaces
            command.addAll(List.of("-jvmArgs", String.join(" ", options)));
            command.addAll(more);
            System.out.println(contender.name() + ":");
            ProcessBuilder builder = JavaCommand.builder(command).inheritIO();
            contender.prepare(builder);
            right &= builder.start().waitFor() == 0;
        }
        return right;
    }
}
