package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import zonal.agent.apps.ByteBuddyAgent;
import zonal.agent.apps.Holder;
import zonal.agent.apps.RetransformingAgent;
import zonal.agent.apps.WaitingAgent;

class SecondAgentIT {
    @TempDir
    Path folder;

    private Path otherAgent = Path.of("");
    private Path byteBuddyAgent = Path.of("");

    @BeforeEach
    void packageTheOtherAgents() throws Exception {
        otherAgent = TestAgents.jar(folder, RetransformingAgent.class);
        byteBuddyAgent = TestAgents.jar(folder, ByteBuddyAgent.class);
    }

    @Test
    void theHookStaysWhenTheOtherAgentComesSecond() throws Exception {
        assertCaught(new Jvm(folder).agent("dump-on-exit=dump.txt").option("-javaagent:" + otherAgent), true);
    }

    @Test
    void theHookIsWovenIntoWhatTheOtherAgentMade() throws Exception {
        assertCaught(new Jvm(folder).option("-javaagent:" + otherAgent).agent("dump-on-exit=dump.txt"), false);
    }

    @Test
    void aByteBuddyAgentMayComeSecond() throws Exception {
        assertCaught(new Jvm(folder).agent("dump-on-exit=dump.txt").option("-javaagent:" + byteBuddyAgent), true);
    }

    @Test
    void aByteBuddyAgentMayComeFirst() throws Exception {
        assertCaught(new Jvm(folder).option("-javaagent:" + byteBuddyAgent).agent("dump-on-exit=dump.txt"), false);
    }

    /** The whole of OpenTelemetry's agent, which weaves what the application loads. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theAgentOfOpenTelemetryMayComeFirstOrSecond(boolean first) throws Exception {
        Path openTelemetry =
                Path.of(TestAgents.locationOf(Class.forName("io.opentelemetry.javaagent.OpenTelemetryAgent")));
        Jvm jvm = new Jvm(folder)
                .option("-Dotel.traces.exporter=none", "-Dotel.metrics.exporter=none", "-Dotel.logs.exporter=none")
                .option("-Dotel.javaagent.logging=none", "-Xshare:auto");
        if (first) {
            jvm.option("-javaagent:" + openTelemetry).agent("dump-on-exit=dump.txt");
        } else {
            jvm.agent("dump-on-exit=dump.txt").option("-javaagent:" + openTelemetry);
        }
        try (Jvm.Running running = jvm.app(Holder.class).start()) {
            running.awaitLine("ready");
            running.proceed();
            Jvm.Result result = running.join();
            assertEquals(0, result.exitCode(), result.err());
            assertFalse(result.err().contains("zonal: "), result.err());
            assertTrue(Listing.parse(Files.readString(folder.resolve("dump.txt")))
                    .large()
                    .contains((long) Holder.DIRECT_BUFFER));
        }
    }

    @Test
    void theHookStaysWhenTheOtherAgentIsLoadedWhileBlocksLive() throws Exception {
        try (Jvm.Running running = new Jvm(folder)
                .option("-XX:+EnableDynamicAgentLoading")
                .agent()
                .app(Holder.class)
                .start()) {
            running.awaitLine("ready");
            VirtualMachine machine = VirtualMachine.attach(Long.toString(running.pid()));
            machine.loadAgent(otherAgent.toString());
            machine.loadAgent(
                    Jvm.AGENT_JAR.toString(), "show_alloc_mem:" + folder.resolve("late.txt")); // takes a buffer
            assertRan(machine);
            machine.detach();
            running.proceed();
            Jvm.Result result = running.join();
            assertEquals(0, result.exitCode(), result.err());
            assertTrue(result.out().contains("transforms Unsafe, too"));
        }
    }

    @Test
    void loadedWrongWhileAnotherAgentKeepsTheStartWaitingItIsInstalledWhenItsTurnComes() throws Exception {
        Jvm.Result result = loadWhileTheStartWaits("tiny=17");
        String line = ManagementIT.withoutUnsafeWarning(result.err());
        assertEquals(1, line.lines().count(), line);
        assertTrue(line.startsWith("zonal: not installed: "), line);
        Listing.parse(Files.readString(folder.resolve("dump.txt")));
    }

    @Test
    void loadedWhileAnotherAgentKeepsTheStartWaitingTheLoadCountsAndOneLineSaysSo() throws Exception {
        Jvm.Result result = loadWhileTheStartWaits("dump-on-exit=late.txt");
        assertEquals(
                "zonal: in this JVM already, by another -javaagent or by jcmd: only the first one counts\n",
                ManagementIT.withoutUnsafeWarning(result.err()));
        Listing.parse(Files.readString(folder.resolve("late.txt")));
        assertFalse(Files.exists(folder.resolve("dump.txt")));
    }

    private Jvm.Result loadWhileTheStartWaits(String options) throws Exception {
        Path waiting = TestAgents.jar(folder, WaitingAgent.class);
        Jvm jvm = new Jvm(folder).option("-XX:+EnableDynamicAgentLoading", "-javaagent:" + waiting);
        try (Jvm.Running running =
                jvm.agent("dump-on-exit=dump.txt").app(Holder.class).start()) {
            running.awaitLine("waiting");
            running.load(Jvm.AGENT_JAR, options);
            running.proceed();
            running.awaitLine("ready");
            running.proceed();
            Jvm.Result result = running.join();
            assertEquals(0, result.exitCode(), result.err());
            return result;
        }
    }

    /** What the other agent wove in runs, too. Its property is set by requests for memory. */
    private static void assertRan(VirtualMachine machine) throws IOException {
        assertEquals("ran", machine.getSystemProperties().getProperty(RetransformingAgent.NOTE));
    }

    /** @param last whether the other agent's code is in front of Zonal's; behind it, it is not reached where Zonal has served the request */
    private void assertCaught(Jvm jvm, boolean last) throws Exception {
        try (Jvm.Running running = jvm.app(Holder.class).start()) {
            running.awaitLine("ready");
            if (last) {
                VirtualMachine machine = VirtualMachine.attach(Long.toString(running.pid()));
                assertRan(machine);
                machine.detach();
            }
            running.proceed();
            Jvm.Result result = running.join();
            assertEquals(0, result.exitCode(), result.err());
            assertTrue(result.out().contains("transforms Unsafe, too"));
            assertEquals("", ManagementIT.withoutUnsafeWarning(result.err()));
            Listing listing = Listing.parse(Files.readString(folder.resolve("dump.txt")));
            assertTrue(listing.large().contains((long) Holder.DIRECT_BUFFER), listing.toString());
        }
    }
}
