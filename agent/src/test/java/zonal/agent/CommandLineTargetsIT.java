package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import zonal.agent.apps.Crowd;
import zonal.agent.apps.Holder;

/** {@code java -jar zonal-agent.jar} on JVMs that are not as most are, and on what is none. */
class CommandLineTargetsIT extends CommandLineCase {
    // Of the file in which a JVM shares its counters: jdk.internal.perf's format 2.0.
    private static final int FIRST_COUNTER = 32;
    private static final int DATA_OFFSET = 16;

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
    void aJvmThatSharesNoCountersIsAskedBeforeTheAgentIsPutOnIt() throws Exception {
        try (Jvm.Running running = holder(jvm().option("-XX:-UsePerfData", "-XX:+EnableDynamicAgentLoading"))) {
            assertTrue(
                    succeeded(zonal(running.pid(), "attach", "tiny=64")).out().startsWith("Zonal "));
            assertFailed(FAILED, "has Zonal already", zonal(running.pid(), "attach"));
            succeeded(zonal(running.pid(), "detach"));
            assertFailed(USAGE, "its options stay as they are", zonal(running.pid(), "attach", "tiny=32"));
            assertTrue(succeeded(zonal(running.pid(), "attach")).out().endsWith(" again\n"));
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
            assertLine(zonal().out(), " *" + running.pid() + " +[0-9].* \\(nobody's\\)"); // root sees all
            call.addAll(List.of(running.pid(), "zones"));
            assertFailed(NO_AGENT, "runs without Zonal", Jvm.execute(folder, call.toArray()));
        } finally {
            for (Path file : List.of(source, jar, open)) {
                Files.delete(file);
            }
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
    void aJvmWhoseDumpOnExitCannotBePreparedIsNotTakenForOneWithoutTheAgent() throws Exception {
        Path jar = new AgentVariant()
                .throwing("inst/zonal/agent/DumpOnExit.class", "prepare", IllegalStateException.class)
                .jar(folder);
        try (Jvm.Running running = holder(jvm().option("-javaagent:" + jar))) {
            succeeded(zonal(running.pid(), "zones"));
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
        // The shell becomes a program that never asks how its child ended; until then the child waits, for the shell
        // would ask.
        Process parent = new ProcessBuilder(
                        "sh", "-c", "(until grep -q sleep /proc/$$/comm; do :; done) & echo $!; exec sleep 60")
                .start();
        try {
            String zombie = parent.inputReader().readLine();
            awaitState("Z", zombie);
            assertFailed(NO_JVM, "is no Java VM: it has ended", zonal(zombie, "zones"));
        } finally {
            parent.destroyForcibly();
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
            assertFailed(
                    FAILED,
                    "can't be attached to: it was started with -XX:+DisableAttachMechanism",
                    zonal(closed.pid(), "zones"));
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
    void aJvmThatIsStoppedIsToldFromOneThatDoesNotAnswer() throws Exception {
        try (Jvm.Running running = holder(jvm().agent())) {
            succeeded(Jvm.execute(folder, "kill", "-STOP", running.pid()));
            awaitState("T", running.pid());
            for (String command : List.of("zones", "detach")) {
                assertFailed(
                        FAILED,
                        "is stopped, by a signal or a debugger, and can't answer: kill -CONT " + running.pid(),
                        zonal(running.pid(), command));
            }
            succeeded(Jvm.execute(folder, "kill", "-CONT", running.pid()));
            succeeded(zonal(running.pid(), "zones"));
            assertNothingSaid(running); // nor its threads
        }
    }

    private void awaitState(String state, Object pid) throws Exception {
        String look = "until grep -q '^State:." + state + "' /proc/" + pid + "/status; do sleep 0.05; done";
        succeeded(Jvm.execute(folder, "sh", "-c", look));
    }

    @Test
    void aCommandLineThatIsNotStartedByItsJarSaysHowToStartIt() throws Exception {
        Jvm.Result result = new Jvm(folder)
                .command("-cp", Jvm.AGENT_JAR.toString(), "zonal.agent.ZonalAgent")
                .run();
        assertFailed(USAGE, "start it as java -jar zonal-agent.jar", result);
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
        Path java = Jvm.link(folder, "java.base,java.instrument,jdk.unsupported");
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
                            .start();
                    Jvm.Running hidden = new Jvm(folder)
                            .in(there)
                            .java(oldJava)
                            .option("-XX:-UsePerfData")
                            .command(source.toString())
                            .start()) {
                old.awaitLine("ready");
                hidden.awaitLine("ready");
                assertFailed(FAILED, "did not install Zonal", zonal(hidden.pid(), "attach"));
                assertFailed(FAILED, "Zonal needs 25 or later", zonal(old.pid(), "attach"));
                assertFailed(NO_AGENT, "and can't have it", zonal(old.pid(), "zones"));
                assertEquals("", old.err());
            }
        }
    }
}
