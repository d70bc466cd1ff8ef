package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.tools.attach.VirtualMachine;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.RuntimeMBeanException;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import zonal.agent.apps.Churn;
import zonal.agent.apps.Holder;
import zonal.agent.apps.LibraryUser;
import zonal.agent.apps.MarkedBlocks;
import zonal.allocator.Allocator;

/** Zonal comes to a busy JVM, leaves, and comes again: no block is lost, none is freed by the wrong side. */
class AttachmentIT {
    private static final int ROUNDS = 3;
    private static final int DUMPS = 60;

    @TempDir
    Path folder;

    private int dumps;

    @Test
    void underLoadNoBlockIsLostOrFreedByTheWrongSideHoweverOftenItComesAndLeaves() throws Exception {
        try (Jvm.Running running = churn()) {
            running.load(Jvm.AGENT_JAR, "dump-on-exit=exit.txt");
            for (int i = 0; i < ROUNDS; i++) {
                awaitCalls();
                running.load(Jvm.AGENT_JAR, "detach");
                awaitCalls();
                jcmd(running, "attach");
            }
            running.proceed();
            Jvm.Result result = running.join();
            assertEquals(0, result.exitCode(), result.err());
            assertEquals("0", Jvm.line(result.out(), "damaged "));
            assertEquals("", ManagementIT.withoutUnsafeWarning(result.err()));
            assertEquals(0, ofChurn(folder.resolve("exit.txt")), "blocks that were freed are still live");
        }
    }

    @Test
    void detachedItTakesNoNewBlockAndTheLiveOnesBecomeFewerUntilNoneIsLeft() throws Exception {
        try (Jvm.Running running = churn()) {
            running.load(Jvm.AGENT_JAR, "attach");
            awaitBlocks(running, 500, Integer.MAX_VALUE);
            jcmd(running, "detach");
            awaitBlocks(running, 0, 0);
            running.load(Jvm.AGENT_JAR, "");
            awaitBlocks(running, 500, Integer.MAX_VALUE);
            running.proceed();
            Jvm.Result result = running.join();
            assertEquals(0, result.exitCode(), result.err());
            assertEquals("0", Jvm.line(result.out(), "damaged "));
            assertEquals("", ManagementIT.withoutUnsafeWarning(result.err()));
        }
    }

    @Test
    @SuppressWarnings("BanJNDI") // local, and from a JVM that this test has started
    void theBeanDetachesAndAttaches() throws Exception {
        try (Jvm.Running running = new Jvm(folder).agent().app(Holder.class).start()) {
            running.awaitLine("ready");
            VirtualMachine machine = VirtualMachine.attach(Long.toString(running.pid()));
            String address = machine.startLocalManagementAgent();
            machine.detach();
            try (JMXConnector connector = JMXConnectorFactory.connect(new JMXServiceURL(address))) {
                MBeanServerConnection server = connector.getMBeanServerConnection();
                ObjectName bean = new ObjectName("zonal:type=Allocator");
                assertEquals(true, server.getAttribute(bean, "Attached"));
                server.invoke(bean, "detach", null, null);
                assertEquals(false, server.getAttribute(bean, "Attached"));
                RuntimeMBeanException refusal =
                        assertThrows(RuntimeMBeanException.class, () -> server.invoke(bean, "detach", null, null));
                assertEquals("detached already", refusal.getTargetException().getMessage());
                server.invoke(bean, "attach", null, null);
                assertEquals(true, server.getAttribute(bean, "Attached"));
            }
            running.proceed();
            Jvm.Result result = running.join();
            assertEquals(0, result.exitCode());
            assertEquals("", ManagementIT.withoutUnsafeWarning(result.err()));
        }
    }

    @Test
    void aDetachThatCannotBeIsOneLine() throws Exception {
        try (Jvm.Running running = new Jvm(folder)
                .option("-XX:+EnableDynamicAgentLoading")
                .app(Holder.class)
                .start()) {
            running.awaitLine("ready");
            running.load(Jvm.AGENT_JAR, "detach");
            running.load(Jvm.AGENT_JAR, "");
            running.load(Jvm.AGENT_JAR, "detach");
            running.load(Jvm.AGENT_JAR, "detach");
            assertEquals("""
                    zonal: not installed in this JVM: load the jar without a command to install it
                    zonal: detached already
                    """, ManagementIT.withoutUnsafeWarning(running.err()));
            running.proceed();
            assertEquals(0, running.join().exitCode());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aJvmThatUsesTheAllocatorAsALibraryKeepsIt(boolean onTheBootPath) throws Exception {
        Path library = Path.of(TestAgents.locationOf(Allocator.class));
        Jvm jvm = new Jvm(folder)
                .option("-XX:+EnableDynamicAgentLoading", "--enable-native-access=ALL-UNNAMED")
                .app(LibraryUser.class);
        jvm = onTheBootPath
                ? jvm.option("-Xbootclasspath/a:" + library)
                : jvm.option("-cp", Jvm.TEST_CLASSES + File.pathSeparator + library);
        try (Jvm.Running running = jvm.start()) {
            running.awaitLine("ready");
            running.load(Jvm.AGENT_JAR, "");
            running.proceed();
            Jvm.Result result = running.join();
            assertEquals(0, result.exitCode(), result.err());
            assertEquals("true", Jvm.line(result.out(), "listed "));
            String line = ManagementIT.withoutUnsafeWarning(result.err());
            assertEquals(1, line.lines().count(), line);
            assertTrue(
                    line.startsWith("zonal: not installed, the application runs without it:"
                            + " the application uses the allocator as a library already (zonal.allocator."),
                    line);
        }
    }

    private Jvm.Running churn() throws Exception {
        Jvm.Running running = new Jvm(folder)
                .option("-XX:+EnableDynamicAgentLoading")
                .app(Churn.class)
                .start();
        running.awaitLine("ready");
        return running;
    }

    private static void awaitCalls() throws InterruptedException {
        Thread.sleep(300);
    }

    /** Waits until Zonal has so many of the application's blocks. */
    private void awaitBlocks(Jvm.Running running, int least, int most) throws Exception {
        long found = -1;
        for (int i = 0; i < DUMPS; i++) {
            Path file = folder.resolve("dump-" + dumps++ + ".txt");
            running.load(Jvm.AGENT_JAR, "show_alloc_mem:" + file);
            found = ofChurn(file);
            if (found >= least && found <= most) {
                return;
            }
            Thread.sleep(100);
        }
        throw new AssertionError(found + " blocks of the application, not " + least + " to " + most);
    }

    private static long ofChurn(Path dump) throws Exception {
        Listing listing = Listing.parse(Files.readString(dump));
        return Stream.of(listing.tiny(), listing.small(), listing.large())
                .flatMap(sizes -> sizes.stream())
                .filter(MarkedBlocks::isSize)
                .count();
    }

    private void jcmd(Jvm.Running running, String argument) throws Exception {
        Jvm.Result result =
                Jvm.execute(folder, Jvm.tool("jcmd"), running.pid(), "JVMTI.agent_load", Jvm.AGENT_JAR, argument);
        assertTrue(result.out().contains("return code: 0"), result.out() + result.err());
        assertFalse(result.out().contains("Exception"), result.out());
    }
}
