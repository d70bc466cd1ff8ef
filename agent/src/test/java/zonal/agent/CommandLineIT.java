package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import zonal.agent.apps.Crowd;
import zonal.agent.apps.Holder;
import zonal.allocator.Options;

/** {@code java -jar zonal-agent.jar}, on real JVMs. */
class CommandLineIT {
    private static final int FAILED = 1;
    private static final int USAGE = 2;
    private static final int NO_JVM = 3;
    private static final int NO_AGENT = 4;

    // Of the file in which a JVM shares its counters: jdk.internal.perf's format 2.0.
    private static final int FIRST_COUNTER = 32;
    private static final int DATA_OFFSET = 16;

    @TempDir
    Path folder;

    /** Where the target runs: what it does by itself must not be mixed up with what the command does. */
    private Path there = Path.of("");

    /** Where the command keeps what it needs for a moment. */
    private Path temporary = Path.of("");

    @BeforeEach
    void makeFolders() throws Exception {
        there = Files.createDirectory(folder.resolve("there"));
        temporary = Files.createDirectory(folder.resolve("temporary"));
    }

    @Test
    void withoutWordsItListsTheJvmsWithAndWithoutTheAgent() throws Exception {
        try (Jvm.Running with = holder(jvm().agent());
                Jvm.Running without = holder(jvm());
                Jvm.Running hidden = holder(jvm().option("-XX:-UsePerfData"))) {
            Jvm.Result result = zonal();
            assertEquals(0, result.exitCode(), result.err());
            String name = Holder.class.getName().replace(".", "\\.");
            String java = System.getProperty("java.version").replace(".", "\\.").replace("+", "\\+");
            assertLine(result.out(), " *" + with.pid() + " +" + java + " +[0-9]+\\.[^ ]+ +" + name);
            assertLine(result.out(), " *" + without.pid() + " +" + java + " +- +" + name);
            assertLine(result.out(), " *" + hidden.pid() + " +\\? +\\? +java");
            assertTrue(result.err().contains("-XX:-UsePerfData"), result.err());
            assertNothingSaid(with, without, hidden);
        }
    }

    @Test
    void zonesAreShownOnceOrLineByLine() throws Exception {
        try (Jvm.Running running = holder(jvm().agent())) {
            Jvm.Result once = succeeded(zonal(running.pid(), "zones"));
            assertTrue(once.out().startsWith("zone "), once.out());
            assertLine(once.out(), "TINY +[0-9,]+ +[0-9,]+ +[0-9.]+ [KMG]?i?B .*");
            assertLine(once.out(), "all +.*");
            assertLine(once.out(), "allocations [0-9,]+, frees [0-9,]+, bad frees 0, .*");
            Jvm.Result lines = succeeded(zonal(running.pid(), "zones", 1, 2));
            assertEquals(3, lines.out().lines().count(), lines.out());
            assertFalse(lines.out().contains("\033"), lines.out());
            assertNothingSaid(running);
        }
    }

    @Test
    void onATerminalThePictureIsRenewedInPlaceWithOrWithoutColour() throws Exception {
        assumeTrue(Jvm.execute(folder, "sh", "-c", "command -v script").exitCode() == 0, "no script(1)");
        try (Jvm.Running running = holder(jvm().agent())) {
            String call = Jvm.tool("java") + " -jar " + Jvm.AGENT_JAR + " " + running.pid() + " zones 1 2";
            Jvm.Result bright = Jvm.execute(
                    folder,
                    "env",
                    "-u",
                    "NO_COLOR",
                    "TERM=xterm",
                    "script",
                    "-qec",
                    call,
                    folder.resolve("typescript"));
            assertEquals(0, bright.exitCode(), bright.out() + bright.err());
            assertEquals(2, bright.out().split("\033\\[H", -1).length - 1, bright.out());
            assertTrue(bright.out().contains("\033[1mzone "), bright.out());
            assertTrue(bright.out().endsWith("\033[?25h"), "the cursor stays hidden");
            Jvm.Result plain = Jvm.execute(
                    folder, "env", "NO_COLOR=1", "TERM=xterm", "script", "-qec", call, folder.resolve("typescript2"));
            assertFalse(plain.out().contains("\033[1m"), plain.out());
            Jvm.Result dumb =
                    Jvm.execute(folder, "env", "TERM=dumb", "script", "-qec", call, folder.resolve("typescript3"));
            assertFalse(dumb.out().contains("\033"), dumb.out());
            assertEquals(3, dumb.out().lines().count(), dumb.out());
        }
    }

    @Test
    void whereNothingCanBeWrittenForAMomentTheListNeedsAFile() throws Exception {
        try (Jvm.Running running = holder(jvm().agent())) {
            temporary = folder.resolve("missing");
            Jvm.Result result = zonal(running.pid(), "show");
            assertEquals(FAILED, result.exitCode(), result.err());
            assertTrue(result.err().contains("in " + temporary + " no folder can be made"), result.err());
            assertEquals(
                    folder.resolve("list") + "\n",
                    zonal(running.pid(), "show", folder.resolve("list")).out());
        }
    }

    /** As a service with {@code PrivateTmp}, or a container that is looked into from outside. */
    @Test
    void aJvmWithATmpOfItsOwnIsShownToo() throws Exception {
        assumeFalse(Jvm.AGENT_JAR.startsWith("/tmp"), "what is to be run lies in /tmp");
        String script = "mount -t tmpfs none /tmp && exec \"$@\"";
        assumeTrue(
                Jvm.execute(folder, "unshare", "-rm", "sh", "-c", script, "sh", "true")
                                .exitCode()
                        == 0,
                "no mounts of one's own");
        try (Jvm.Running running = holder(jvm().agent().under("unshare", "-rm", "sh", "-c", script, "sh"))) {
            Listing listing =
                    Listing.parse(succeeded(zonal(running.pid(), "show")).out());
            assertTrue(listing.large().contains((long) Holder.UNSAFE_LARGE), listing.toString());
            Path report = Path.of("/proc", Long.toString(running.pid()), "root/tmp/report.html");
            assertEquals(
                    report + "\n",
                    succeeded(zonal(running.pid(), "report", "/tmp/report.html"))
                            .out());
            assertTrue(Files.readString(report).contains("<html"));
            assertFailed(FAILED, "sees other files than we do", zonal(running.pid(), "report", "/tmp/no/report.html"));
            assertNothingSaid(running);
        }
    }

    @Test
    void aJvmWithANetworkOfItsOwnIsToldFromOneThatDoesNotAnswer() throws Exception {
        assumeTrue(Jvm.execute(folder, "unshare", "-rn", "true").exitCode() == 0, "no network of one's own");
        try (Jvm.Running running = holder(jvm().agent().under("unshare", "-rn"))) {
            assertFailed(
                    FAILED,
                    "has a network of its own, run the command in it: nsenter -t " + running.pid() + " -n",
                    zonal(running.pid(), "zones"));
            assertNothingSaid(running);
        }
    }

    @Test
    void aJvmThatTellsRemoteClientsAnotherHostIsReachedOnThisOne() throws Exception {
        // An address for documentation: nobody answers there.
        try (Jvm.Running running = holder(jvm().agent().option("-Djava.rmi.server.hostname=192.0.2.1"))) {
            succeeded(zonal(running.pid(), "zones"));
            assertNothingSaid(running);
        }
    }

    @Test
    void countersThatAreNoneMakeAJvmOneThatSharesNone() throws Exception {
        Path counters = Path.of("/tmp", "hsperfdata_" + System.getProperty("user.name"));
        Path ours = counters.resolve(Long.toString(ProcessHandle.current().pid()));
        assumeTrue(Files.isReadable(ours), "this JVM shares no counters");
        try (Jvm.Running running = holder(jvm().option("-XX:-UsePerfData"))) {
            Path crafted = counters.resolve(Long.toString(running.pid()));
            try {
                ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(ours)).order(ByteOrder.nativeOrder());
                bytes.putInt(FIRST_COUNTER + DATA_OFFSET, -1);
                Files.write(crafted, bytes.array());
                assertLine(zonal().out(), " *" + running.pid() + " +\\? +\\? +java");
            } finally {
                Files.delete(crafted);
            }
        }
    }

    /** The kernel shows the maps of such a process to nobody who has fewer rights. */
    @Test
    void aJvmWithMoreRightsThanItsUserIsSeenByItsCounters() throws Exception {
        List<Object> nobody = List.of("setpriv", "--reuid=65534", "--clear-groups");
        List<Object> more = List.of("--inh-caps=+net_bind_service", "--ambient-caps=+net_bind_service");
        List<Object> attempt = new ArrayList<>(nobody);
        attempt.addAll(more);
        attempt.add("true");
        assumeTrue(Jvm.execute(folder, attempt.toArray()).exitCode() == 0, "not root, or no setpriv(1)");
        Path open = Files.createTempDirectory("zonal-open");
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path source = Files.writeString(open.resolve("Bound.java"), """
                public class Bound {
                    public static void main(String[] arguments) throws Exception {
                        System.out.println("ready");
                        System.in.read();
                    }
                }
                """);
        Path jar = Files.copy(Jvm.AGENT_JAR, open.resolve("zonal-agent.jar"));
        for (Path file : List.of(source, jar)) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        }
        List<String> rights = new ArrayList<>();
        nobody.forEach(word -> rights.add(word.toString()));
        more.forEach(word -> rights.add(word.toString()));
        try (Jvm.Running running = jvm().under(rights.toArray(String[]::new))
                .command(source.toString())
                .start()) {
            running.awaitLine("ready");
            List<Object> call = new ArrayList<>(nobody);
            call.addAll(List.of(Jvm.tool("java"), "-jar", jar));
            assertLine(Jvm.execute(folder, call.toArray()).out(), " *" + running.pid() + " +[0-9].*");
            call.addAll(List.of(running.pid(), "zones"));
            assertFailed(NO_AGENT, "runs without Zonal", Jvm.execute(folder, call.toArray()));
        } finally {
            for (Path file : List.of(source, jar, open)) {
                Files.delete(file);
            }
        }
    }

    @Test
    void showListsEveryBlockOnStdoutOrInAFile() throws Exception {
        try (Jvm.Running running = holder(jvm().agent("tiny=64"))) {
            Listing listing =
                    Listing.parse(succeeded(zonal(running.pid(), "show")).out());
            assertTrue(listing.large().contains((long) Holder.UNSAFE_LARGE), listing.toString());
            assertTrue(listing.tiny().contains((long) Holder.UNSAFE_TINY), listing.toString());
            Path file = folder.resolve("relative.txt");
            assertEquals(
                    file + "\n",
                    succeeded(zonal(running.pid(), "show", "relative.txt")).out());
            assertTrue(Listing.parse(Files.readString(file)).small().contains((long) Holder.UNSAFE_SMALL));
            assertTrue(succeeded(zonal(running.pid(), "show-ex")).out().contains("\nWaste by class\n"));
            Jvm.Result again = zonal(running.pid(), "show", file);
            assertFailed(FAILED, file + " exists already", again);
            assertNothingSaid(running);
        }
        try (var left = Files.list(temporary)) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    void filesAreMadeWhereTheCommandRunsAndForItsUserAlone() throws Exception {
        try (Jvm.Running running = holder(jvm().agent())) {
            for (String command : List.of("report", "pprof", "collapsed")) {
                Path file = folder.resolve(command + ".out");
                assertEquals(
                        file + "\n",
                        succeeded(zonal(running.pid(), command, command + ".out"))
                                .out());
                assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
                assertFailed(FAILED, file + " exists already", zonal(running.pid(), command, file));
                Path nowhere = folder.resolve("no/such");
                assertFailed(
                        FAILED, "there is no folder " + nowhere.getParent(), zonal(running.pid(), command, nowhere));
            }
            assertTrue(Files.readString(folder.resolve("report.out")).contains("<html"));
            assertNothingSaid(running);
        }
    }

    @Test
    void whoTookWhatAndWhatChangedIsTold() throws Exception {
        try (Jvm.Running running = holder(jvm().agent("sample=1"))) {
            Jvm.Result sites = succeeded(zonal(running.pid(), "sites"));
            assertLine(sites.out(), "[0-9.]+ .*B live, [0-9,]+ blocks; by call site, estimated from samples:");
            assertLine(
                    sites.out(),
                    "[0-9.]+ .*B live \\(([0-9]{1,2}|100) % of all\\), [0-9,]+ blocks, [0-9,]+ samples?, the oldest .*");
            succeeded(zonal(running.pid(), "leaks", 10));
            Jvm.Result diff = succeeded(zonal(running.pid(), "diff", 1));
            assertLine(diff.out(), "all +[0-9,]+ .*");
            assertLine(diff.out(), "allocations [0-9,]+/s, frees [0-9,]+/s, bad frees 0");
            assertNothingSaid(running);
        }
        try (Jvm.Running running = holder(jvm().agent("sample=0"))) {
            assertFailed(FAILED, "samples no allocations", zonal(running.pid(), "sites"));
        }
    }

    @Test
    void itPutsTheAgentOnAJvmAndTakesItOff() throws Exception {
        try (Jvm.Running running = holder(jvm().option("-XX:+EnableDynamicAgentLoading"))) {
            assertFailed(NO_AGENT, "runs without Zonal", zonal(running.pid(), "zones"));
            assertFailed(USAGE, "tiny takes bytes", zonal(running.pid(), "attach", "tiny=17"));
            assertFailed(NO_AGENT, "runs without Zonal", zonal(running.pid(), "detach"));
            assertTrue(succeeded(zonal(running.pid(), "attach", "tiny=64", "decay=1s"))
                    .out()
                    .startsWith("Zonal "));
            assertFailed(FAILED, "has Zonal already", zonal(running.pid(), "attach"));
            succeeded(zonal(running.pid(), "zones"));
            assertTrue(succeeded(zonal(running.pid(), "detach")).out().startsWith("Zonal is off "));
            assertLine(zonal().out(), " *" + running.pid() + " .* [0-9]+\\.[^ ]+, off +" + Holder.class.getName());
            assertLine(succeeded(zonal(running.pid(), "zones")).out(), "Zonal is off: .*");
            assertLine(succeeded(zonal(running.pid(), "zones", 1, 1)).out(), "Zonal is off: .*");
            assertFailed(FAILED, "", zonal(running.pid(), "detach"));
            assertTrue(succeeded(zonal(running.pid(), "attach")).out().endsWith(" again\n"));
            assertLine(zonal().out(), " *" + running.pid() + " .* [0-9]+\\.[^ ,]+ +" + Holder.class.getName());
            assertNothingSaid(running);
            running.proceed();
            assertEquals(0, running.join().exitCode());
        }
    }

    @Test
    void aJvmWhoseMBeanIsMissingIsNotTakenForOneWithoutTheAgent() throws Exception {
        Path jar = new AgentVariant()
                .without("inst/zonal/agent/AllocatorBean.class")
                .jar(folder);
        try (Jvm.Running running = holder(jvm().option("-javaagent:" + jar))) {
            for (String command : List.of("zones", "attach")) {
                assertFailed(FAILED, "but its MBean is missing: its stderr says why", zonal(running.pid(), command));
            }
        }
    }

    @Test
    void aJarThatTheJvmCannotLoadIsToldBeforeItTries() throws Exception {
        Path jar = Files.copy(
                Jvm.AGENT_JAR, Files.createDirectory(folder.resolve("a=b")).resolve("zonal-agent.jar"));
        try (Jvm.Running running = holder(jvm())) {
            Jvm.Result result = new Jvm(folder)
                    .command("-jar", jar.toString(), Long.toString(running.pid()), "attach")
                    .run();
            assertFailed(FAILED, jar + " can't be loaded: a JVM takes what follows an equals sign for options", result);
            assertNothingSaid(running);
        }
    }

    @Test
    void whatATerminalWouldObeyInANameIsABlank() throws Exception {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, Holder.class.getName());
        manifest.getMainAttributes()
                .put(Attributes.Name.CLASS_PATH, Jvm.TEST_CLASSES.toUri().toString());
        Path jar = folder.resolve("clear\033[2J.jar");
        new JarOutputStream(Files.newOutputStream(jar), manifest).close();
        try (Jvm.Running running = jvm().command("-jar", jar.toString()).start()) {
            running.awaitLine("ready");
            assertLine(zonal().out(), " *" + running.pid() + " .*/clear \\[2J\\.jar");
            assertFailed(NO_AGENT, "/clear [2J.jar) runs without Zonal", zonal(running.pid(), "zones"));
        }
    }

    @Test
    void whatIsNotAJvmOfThisUserIsSaid() throws Exception {
        assertFailed(NO_JVM, "there is no process 999999999", zonal(999_999_999, "zones"));
        assertFailed(NO_JVM, "there is no process 99999999999999", zonal("99999999999999", "zones"));
        Process sleep = new ProcessBuilder("sleep", "60").start();
        try {
            assertFailed(NO_JVM, "(sleep) is no Java VM", zonal(sleep.pid(), "zones"));
        } finally {
            sleep.destroyForcibly();
        }
        try (Jvm.Running running = holder(jvm().agent());
                Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(running.pid()), "task"))) {
            String own = Long.toString(running.pid());
            String thread = threads.map(path -> String.valueOf(path.getFileName()))
                    .filter(number -> !number.equals(own))
                    .findFirst()
                    .orElseThrow();
            assertFailed(NO_JVM, "there is no process " + thread, zonal(thread, "zones"));
            assertEquals("ready\n", running.out(), "it was asked for its threads");
        }
        try (Jvm.Running closed = holder(jvm().agent().option("-XX:+DisableAttachMechanism"))) {
            assertFailed(FAILED, "lets nobody attach", zonal(closed.pid(), "zones"));
            assertEquals("ready\n", closed.out(), "it was asked for its threads");
        }
    }

    @Test
    void anotherUsersJvmIsNotForUs() throws Exception {
        boolean root = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
        List<Object> call = new ArrayList<>();
        if (root) {
            assumeTrue(Jvm.execute(folder, "setpriv", "--version").exitCode() == 0, "no setpriv(1)");
            call.addAll(List.of("setpriv", "--reuid=65534", "--clear-groups"));
        }
        Path open = Files.createTempDirectory("zonal-open");
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path jar = Files.copy(Jvm.AGENT_JAR, open.resolve("zonal-agent.jar"));
        Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString("rw-r--r--"));
        try {
            call.addAll(List.of(Jvm.tool("java"), "-jar", jar, "1", "zones"));
            Jvm.Result result = Jvm.execute(folder, call.toArray());
            assertFailed(NO_JVM, "process 1 is ", result);
            assertTrue(result.err().contains("only that user, or root"), result.err());
        } finally {
            Files.delete(jar);
            Files.delete(open);
        }
    }

    @Test
    void wrongWordsAreToldWithTheRightOnes() throws Exception {
        long self = ProcessHandle.current().pid();
        assertFailed(USAGE, "is neither the number of a JVM nor \"help\"", zonal("no"));
        assertFailed(USAGE, "is neither the number of a JVM nor \"help\"", zonal("", "zones"));
        assertFailed(USAGE, "zones needs the number of a JVM before it", zonal("zones"));
        assertFailed(USAGE, "and then one of: zones, ", zonal(self));
        assertFailed(USAGE, "there is no command \"zone\"", zonal(self, "zone"));
        assertFailed(USAGE, "diff takes SECONDS", zonal(self, "diff"));
        assertFailed(USAGE, "detach takes nothing more", zonal(self, "detach", "now"));
        assertFailed(USAGE, "there is no command \"no\"", zonal("help", "no"));
        try (Jvm.Running running = holder(jvm().agent())) {
            assertFailed(USAGE, "\"0\" is no number of seconds", zonal(running.pid(), "zones", 0));
            assertFailed(USAGE, "the file needs a name", zonal(running.pid(), "show", ""));
            assertFailed(USAGE, "the file needs a name", zonal(running.pid(), "report", " "));
        }
    }

    @Test
    void helpTeachesEachCommandAndOption() throws Exception {
        String help = succeeded(zonal("help")).out();
        assertTrue(help.contains("-javaagent:zonal-agent.jar"), help);
        assertEquals(help, succeeded(zonal("--help")).out());
        for (String command : List.of(
                "zones",
                "sites",
                "leaks",
                "diff",
                "show",
                "show-ex",
                "report",
                "pprof",
                "collapsed",
                "attach",
                "detach")) {
            assertTrue(help.contains(" PID " + command), command);
            String more = succeeded(zonal("help", command)).out();
            assertTrue(more.startsWith("java -jar zonal-agent.jar PID " + command), more);
            assertTrue(more.lines().count() > 3, more);
        }
        String options = succeeded(zonal("help", "options")).out();
        for (String key : Options.DEFAULT.asMap().keySet()) {
            assertTrue(options.contains(key + "="), key);
        }
        assertTrue(succeeded(zonal("--version")).out().matches("Zonal [0-9]+\\..*\n"));
    }

    @Test
    void aReaderThatGoesAwayIsNoErrorAndAFullDiskIsOne() throws Exception {
        try (Jvm.Running running = holder(jvm().agent())) {
            String call = Jvm.tool("java") + " -jar " + Jvm.AGENT_JAR + " " + running.pid();
            Jvm.Result head = Jvm.execute(folder, "bash", "-c", call + " zones 1 5 | head -n 1; echo ${PIPESTATUS[0]}");
            assertTrue(head.out().startsWith("time "), head.out());
            assertTrue(head.out().endsWith("\n0\n"), head.out());
            assertEquals("", head.err());
            Jvm.Result full = Jvm.execute(folder, "bash", "-c", call + " show > /dev/full");
            assertFailed(FAILED, "the output can't be written", full);
        }
    }

    @Test
    void aJvmThatEndsMeanwhileIsOneLine() throws Exception {
        try (Jvm.Running running = holder(jvm().agent());
                Jvm.Running watching = new Jvm(folder)
                        .command("-jar", Jvm.AGENT_JAR.toString(), Long.toString(running.pid()), "zones", "1")
                        .start()) {
            watching.awaitLine("time ");
            running.proceed();
            Jvm.Result result = watching.join();
            assertFailed(FAILED, "does not answer any more", result);
        }
    }

    @Test
    void aRuntimeThatLacksAModuleIsNamed() throws Exception {
        Path image = folder.resolve("image");
        Jvm.Result linked = Jvm.execute(
                folder,
                Jvm.tool("jlink"),
                "--add-modules",
                "java.base,java.instrument,jdk.unsupported",
                "--output",
                image);
        assumeTrue(linked.exitCode() == 0, "jlink: " + linked.out() + linked.err());
        Path java = image.resolve("bin/java");
        try (Jvm.Running running =
                jvm().java(java).agent().app(Crowd.class, "10").start()) {
            running.awaitLine("ready");
            assertFailed(FAILED, "without the module jdk.management.agent", zonal(running.pid(), "zones"));
            assertNothingSaid(running);
        }
        Jvm.Result bare = new Jvm(folder)
                .java(java)
                .command("-jar", Jvm.AGENT_JAR.toString())
                .run();
        assertFailed(FAILED, "has no module jdk.attach: run the command with a whole JDK", bare);
        Jvm.Result help = new Jvm(folder)
                .java(java)
                .command("-jar", Jvm.AGENT_JAR.toString(), "help")
                .run();
        assertEquals(0, help.exitCode(), help.err());
    }

    @Test
    void onAnOldJavaOneLineSaysWhichOneWouldDo() throws Exception {
        Path oldJava = Jvm.oldJava(folder);
        assumeTrue(oldJava != null, "no java older than 25 on the PATH");
        if (oldJava != null) {
            try (Jvm.Running running = holder(jvm().agent())) {
                Jvm.Result result = Jvm.execute(folder, oldJava, "-jar", Jvm.AGENT_JAR, running.pid(), "zones");
                assertFailed(FAILED, "it needs Java 25 or later", result);
                assertTrue(result.err().contains(Jvm.tool("java").toRealPath() + ", try that one"), result.err());
            }
            Path source = Files.writeString(folder.resolve("Old.java"), """
                    public class Old {
                        public static void main(String[] arguments) throws Exception {
                            System.out.println("ready");
                            System.in.read();
                        }
                    }
                    """);
            try (Jvm.Running old = new Jvm(folder)
                    .in(there)
                    .java(oldJava)
                    .command(source.toString())
                    .start()) {
                old.awaitLine("ready");
                assertFailed(FAILED, "Zonal needs 25 or later", zonal(old.pid(), "attach"));
                assertFailed(NO_AGENT, "and can't have it", zonal(old.pid(), "zones"));
                assertEquals("", old.err());
            }
        }
    }

    private Jvm jvm() {
        return new Jvm(folder).in(there);
    }

    private static Jvm.Running holder(Jvm jvm) throws Exception {
        Jvm.Running running = jvm.app(Holder.class).start();
        running.awaitLine("ready");
        return running;
    }

    private Jvm.Result zonal(Object... words) throws Exception {
        String[] call = Arrays.stream(words).map(String::valueOf).toArray(String[]::new);
        List<String> command = new ArrayList<>(List.of("-jar", Jvm.AGENT_JAR.toString()));
        command.addAll(List.of(call));
        return new Jvm(folder)
                .option("-Djava.io.tmpdir=" + temporary)
                .command(command.toArray(String[]::new))
                .run();
    }

    private static Jvm.Result succeeded(Jvm.Result result) {
        assertEquals(0, result.exitCode(), result.err());
        assertEquals("", result.err());
        return result;
    }

    private static void assertFailed(int exitCode, String message, Jvm.Result result) {
        assertEquals(exitCode, result.exitCode(), result.out() + result.err());
        assertEquals(1, result.err().lines().count(), result.err());
        assertTrue(result.err().startsWith("zonal: "), result.err());
        assertTrue(result.err().contains(message), result.err());
    }

    private static void assertLine(String text, String pattern) {
        assertTrue(text.lines().anyMatch(line -> line.matches(pattern)), "no line " + pattern + " in:\n" + text);
    }

    /** The target's own streams are its own, whoever looks. */
    private static void assertNothingSaid(Jvm.Running... targets) {
        for (Jvm.Running target : targets) {
            assertEquals("ready\n", target.out());
            String err = ManagementIT.withoutUnsafeWarning(target.err());
            assertEquals("", err);
            assertFalse(target.err().contains("agent has been loaded"), target.err());
        }
    }
}
