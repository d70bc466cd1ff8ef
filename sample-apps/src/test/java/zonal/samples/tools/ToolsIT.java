package zonal.samples.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import zonal.samples.demo.CacheServer;
import zonal.samples.jvm.AgentJar;
import zonal.samples.jvm.JavaCommand;
import zonal.samples.jvm.Jcmd;
import zonal.samples.jvm.ShownBlocks;
import zonal.samples.jvm.ZonalCommand;
import zonal.samples.leak.LeakingServer;

/** Every tool on the cache server of the demo and on the leaking server, one after the other as they run. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
class ToolsIT {

    private static final List<String> FLAGS = List.of(
            "-Xmx128m",
            "-XX:+EnableDynamicAgentLoading",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dorg.caffinitas.ohc.allocator=unsafe");
    private static final String SAMPLE = "=sample=64k";
    private static final int TERMINAL_WIDTH = 120;

    @TempDir
    Path folder;

    @Test
    void onTheCacheServerOfTheDemo() throws Exception {
        useAll(CacheServer.class, "2000", "zonal.samples.demo.Store.put", "UnsafeAllocator.allocate:");
    }

    @Test
    void onTheLeakingServer() throws Exception {
        useAll(LeakingServer.class, "10", "zonal.samples.leak.Sessions.newBlock", "Sessions.newBlock:");
    }

    /**
     * @param site a method on the stacks of what holds much of the memory
     * @param shortText what a row of {@code zonal.LiveSite} shows of such a stack
     */
    private void useAll(Class<?> app, String argument, String site, String shortText) throws Exception {
        Path agent = AgentJar.find();
        List<String> flags = new ArrayList<>(List.of("-javaagent:" + agent + SAMPLE));
        flags.addAll(FLAGS);
        Path errors = folder.resolve("errors.txt");
        Process server = new JavaCommand(flags, null, app, List.of(argument))
                .builder()
                .redirectError(errors.toFile())
                .start();
        try {
            awaitReady(server);
            Tools tools = new Tools(agent, server.pid(), folder);
            recordAndView(tools, shortText);
            showText(tools, app, site);
            writeFiles(tools, site);
            takeOffAndPutOn(tools);
            assertThat(errors).isEmptyFile();
        } finally {
            server.destroyForcibly().waitFor();
        }
    }

    private static void awaitReady(Process server) throws IOException {
        String line = server.inputReader().readLine();
        while (line != null && !line.startsWith("ready")) {
            line = server.inputReader().readLine();
        }
        assertThat(line).isNotNull();
    }

    private void recordAndView(Tools tools, String shortText) throws Exception {
        tools.jcmd("JFR.start", "name=all", "+zonal.Zone#period=1s", "+zonal.LiveSite#period=1s");
        assertThat(tools.view("zonal.Zone", "LARGE")).containsPattern("(?m)^[0-9:]+ LARGE +[0-9,]+ +[0-9,]+ +[0-9.]+ ");
        for (String line : tools.view("zonal.LiveSite", shortText).lines().toList()) {
            assertThat(line).hasSizeLessThanOrEqualTo(TERMINAL_WIDTH);
        }
        Path recording = folder.resolve("all.jfr");
        tools.jcmd("JFR.dump", "name=all", "filename=" + recording);
        assertThat(tools.run("jfr", "summary", recording)).containsPattern("zonal\\.LiveSite +[1-9]");
        Path list = folder.resolve("by-jfr.txt");
        tools.jcmd("JFR.start", "name=dump", "settings=none", "+zonal.Dump#command=show_alloc_mem:" + list);
        assertThat(ShownBlocks.parse(Files.readString(list))).hasSizeGreaterThan(100);
    }

    private void showText(Tools tools, Class<?> app, String site) throws Exception {
        assertThat(ZonalCommand.run(tools.agent))
                .containsPattern("(?m)^ *" + tools.pid + " +[^ ]+ +[0-9][^ ]+ +" + app.getName() + "$");
        assertThat(tools.zonal("zones")).containsPattern("(?m)^all +[0-9,]+ +[0-9,]+ +[0-9.]+ MiB ");
        assertThat(tools.zonal("sites", 3))
                .containsPattern("^[0-9.]+ MiB live, [0-9,]+ blocks; by call site, estimated from samples:\n\n")
                .containsPattern("(?m)^[0-9.]+ MiB live \\([0-9]+ % of all\\)")
                .contains(site);
        assertThat(tools.zonal("leaks")).contains(site);
        assertThat(tools.zonal("diff", 1)).contains("allocations ").containsPattern("(?m)^all ");
        assertThat(ShownBlocks.parse(tools.zonal("show"))).hasSizeGreaterThan(100);
        assertThat(tools.zonal("show-ex"))
                .containsPattern(" bytes\n    taken [0-9]+ s ago by thread [^\n]+\n        at ")
                .contains("at " + site)
                .contains("\nWaste by class\n");
        Path list = folder.resolve("by-jcmd.txt");
        Jcmd.dump(tools.pid, tools.agent, list);
        assertThat(ShownBlocks.parse(Files.readString(list))).hasSizeGreaterThan(100);
    }

    private void writeFiles(Tools tools, String site) throws Exception {
        Path report = folder.resolve("report.html");
        assertThat(tools.zonal("report", report)).isEqualTo(report + "\n");
        assertThat(Files.readString(report)).contains(site);
        Path collapsed = folder.resolve("collapsed.txt");
        tools.zonal("collapsed", collapsed);
        assertThat(Files.readAllLines(collapsed)).allMatch(line -> line.matches(".*;.* [0-9]+"));
        assertThat(Files.readString(collapsed)).contains(";" + site);
        Path profile = folder.resolve("profile.pb.gz");
        tools.zonal("pprof", profile);
        if (Tools.isThere("go")) {
            assertThat(tools.run("go", "tool", "pprof", "-top", "-sample_index=inuse_space", profile))
                    .contains("Type: inuse_space", site);
        }
    }

    private static void takeOffAndPutOn(Tools tools) throws Exception {
        assertThat(tools.zonal("detach")).startsWith("Zonal is off process " + tools.pid);
        assertThat(ZonalCommand.run(tools.agent)).containsPattern("(?m)^ *" + tools.pid + " .*, off ");
        assertThat(tools.zonal("attach")).startsWith("Zonal is on process " + tools.pid);
    }

    /** The tools, with the number of the JVM that they are to look at. */
    private record Tools(Path agent, long pid, Path folder) {

        String zonal(Object... words) throws IOException, InterruptedException {
            return ZonalCommand.run(
                    agent, Stream.concat(Stream.of(pid), Stream.of(words)).toArray());
        }

        String jcmd(String... words) throws IOException, InterruptedException {
            return run(
                    "jcmd",
                    Stream.concat(Stream.of(Long.toString(pid)), Stream.of(words))
                            .toArray());
        }

        /** A view has only what is a second old: waits until it has a text. */
        String view(String event, String text) {
            return Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> jcmd("JFR.view", event), view -> view.contains(text));
        }

        /** A program of the JDK, or of the PATH. */
        String run(String program, Object... words) throws IOException, InterruptedException {
            Path ofJdk = Path.of(System.getProperty("java.home"), "bin", program);
            List<String> command = new ArrayList<>(List.of(Files.isExecutable(ofJdk) ? ofJdk.toString() : program));
            Stream.of(words).map(Object::toString).forEach(command::add);
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .directory(folder.toFile())
                    .start();
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(command + ": " + printed).isZero();
            return printed;
        }

        static boolean isThere(String program) {
            return Stream.of(String.valueOf(System.getenv("PATH")).split(":", -1))
                    .anyMatch(entry -> Files.isExecutable(Path.of(entry, program)));
        }
    }
}
