package zonal.samples.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import zonal.samples.jvm.JavaCommand;
import zonal.samples.report.Table;

/**
 * What the agent adds to the start of a JVM, and what the milliseconds are.
 *
 * <p>{@code Hello} is started without an agent, under one that does nothing and under Zonal's, in turn, so that whatever slows the machine for
 * a while slows all of them. Then it is started under Zonal's with the JVM's log of class loading on: the first class of each step tells when
 * that step began.
 */
final class StartUp {
    private static final int ROUNDS = 20;

    /** A step of the installation: the first class that it loads, and what it does. */
    private record Step(String firstClass, String what) {}

    private static final List<Step> STEPS = List.of(
            new Step("zonal.agent.ZonalAgent", "the gate looks at the JVM, opens the jar"),
            new Step("zonal.agent.Installation", "access to the JDK's internals is opened"),
            new Step("zonal.agent.BootClasses", "hook and allocator are defined in the boot loader"),
            new Step("jdk.internal.foreign.abi.StubLocations", "downcalls are linked"),
            new Step("java.lang.invoke.NativeMethodHandle", "the range is reserved, every path exercised once"),
            new Step("zonal.agent.JdkTransformer", "Unsafe is woven, and tried"),
            new Step("zonal.agent.Management", "MBean, Flight Recorder and dump are prepared"),
            new Step(IdleAgent.class.getName(), "the program"));

    /** How a JVM is started, and how long that took, ms. */
    private static final class Contender {
        private final String name;
        private final List<String> options;
        private final double[] millis = new double[ROUNDS];

        Contender(String name, String... options) {
            this.name = name;
            this.options = List.of(options);
        }

        double median() {
            return StartUp.median(millis);
        }
    }

    private final Path folder;
    private final Path zonal;

    StartUp(Path folder, Path zonal) {
        this.folder = folder;
        this.zonal = zonal;
    }

    /** Measures, and prints two tables. */
    void run() throws IOException, InterruptedException, URISyntaxException {
        Contender bare = new Contender("no agent");
        Contender idle = new Contender("an agent that does nothing", "-javaagent:" + idleAgent());
        Contender ours = new Contender("Zonal", "-javaagent:" + zonal);
        List<Contender> contenders = List.of(bare, idle, ours);
        for (int round = -1; round < ROUNDS; round++) { // the first only fills the system's caches
            for (Contender contender : contenders) {
                double took = start(contender.options);
                contender.millis[Math.max(round, 0)] = took;
            }
        }
        Table starts = new Table("start of a JVM that says hello, ms", "least", "median", "most");
        for (Contender contender : contenders) {
            double[] times = contender.millis;
            Arrays.sort(times);
            starts.row(contender.name, text(times[0]), text(contender.median()), text(times[ROUNDS - 1]));
        }
        System.out.println(starts);
        System.out.println("Zonal adds " + text(ours.median() - bare.median()) + " ms, "
                + text(ours.median() - idle.median()) + " of them more than any agent (medians of " + ROUNDS + ")\n");
        System.out.println(steps());
    }

    /** Where the milliseconds go: medians. Writing the log takes some of them. */
    private Table steps() throws IOException, InterruptedException {
        double[][] millis = new double[STEPS.size()][ROUNDS];
        Path log = folder.resolve("classes.txt");
        for (int round = 0; round < ROUNDS; round++) {
            start(List.of("-javaagent:" + zonal, "-Xlog:class+load:file=" + log + ":uptimenanos"));
            double[] began = beginnings(log);
            int step = 0;
            for (int next = 1; next < began.length; next++) {
                if (began[next] > 0) { // else this JDK has another way: its time counts for the step before
                    millis[step][round] = began[next] - began[step];
                    step = next;
                }
            }
        }
        Table table = new Table("of it, ms", "median");
        for (int step = 0; step < STEPS.size() - 1; step++) {
            Arrays.sort(millis[step]);
            table.row(STEPS.get(step).what(), text(median(millis[step])));
        }
        return table;
    }

    /** When the first class of each step was loaded, in milliseconds of the JVM's life; 0 where it wasn't, or was before the gate. */
    private static double[] beginnings(Path log) throws IOException {
        double[] began = new double[STEPS.size()];
        for (String line : Files.readAllLines(log)) {
            // [81234567ns] zonal.agent.ZonalAgent source: ...
            int end = line.indexOf("ns]");
            int source = line.indexOf(" source:");
            if (end < 0 || source < 0) {
                continue;
            }
            String loaded = line.substring(end + 3, source).strip();
            for (int step = 0; step < began.length; step++) {
                boolean afterTheGate = step == 0 || began[0] > 0;
                if (afterTheGate
                        && began[step] == 0
                        && STEPS.get(step).firstClass().equals(loaded)) {
                    began[step] = Double.parseDouble(line.substring(1, end).strip()) / 1e6;
                }
            }
        }
        return began;
    }

    private double start(List<String> options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-classpath", ownClasses().toString(), IdleAgent.class.getName()));
        Path output = folder.resolve("hello.txt");
        long begin = System.nanoTime();
        int exitCode = JavaCommand.builder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start()
                .waitFor();
        double millis = (System.nanoTime() - begin) / 1e6;
        if (exitCode != 0 || !Files.readString(output).equals("hello\n")) {
            throw new IllegalStateException(command + ": exit " + exitCode + "\n" + Files.readString(output));
        }
        return millis;
    }

    private static Path ownClasses() {
        try {
            return Path.of(StartUp.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new UncheckedIOException(new IOException(e));
        }
    }

    private Path idleAgent() throws IOException {
        Path file = folder.resolve("idle-agent.jar");
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.putValue("Premain-Class", IdleAgent.class.getName());
        // As Zonal's: without them, the JVM does less.
        attributes.putValue("Can-Redefine-Classes", "true");
        attributes.putValue("Can-Retransform-Classes", "true");
        String entry = IdleAgent.class.getName().replace('.', '/') + ".class";
        try (OutputStream out = Files.newOutputStream(file);
                JarOutputStream jar = new JarOutputStream(out, manifest);
                var in = IdleAgent.class.getResourceAsStream("/" + entry)) {
            if (in == null) {
                throw new IOException("no " + entry);
            }
            jar.putNextEntry(new JarEntry(entry));
            in.transferTo(jar);
        }
        return file;
    }

    private static double median(double[] sorted) {
        return (sorted[(ROUNDS - 1) / 2] + sorted[ROUNDS / 2]) / 2;
    }

    private static String text(double millis) {
        return String.format(Locale.ROOT, "%.0f", millis);
    }
}
