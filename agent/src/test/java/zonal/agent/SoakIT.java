package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import zonal.agent.apps.MarkedBlocks;
import zonal.agent.apps.Soak;

/**
 * All kinds of work at once under the agent, and clients that look and dump all the while, and in the end take it off and put it on:
 * nothing is damaged or lost, and memory does not grow. Some seconds long; minutes with {@code -Psoak}.
 *
 * <p>Memory is compared before Zonal is taken off for the first time: the JVM keeps something of each old form of {@code Unsafe} and of the code
 * compiled with it (see README, "Limits").
 */
class SoakIT {
    private static final long SECONDS = Long.getLong("zonal.soak.seconds", 10);

    /** For so long of it Zonal stays on, and memory must not grow. In the rest it is taken off and put on again and again. */
    private static final long STEADY_SECONDS = SECONDS * 5 / 6;

    /** What is resident may be so much higher at its highest in the last third of the steady time than in the first: tides meet. */
    private static final long MOST_GROWTH_KIB = 64 << 10;

    @TempDir
    Path folder;

    @Test
    @SuppressWarnings("BanJNDI") // local, and from a JVM that this test has started
    void underAllKindsOfWorkAndOfClientsNothingIsDamagedOrLostAndMemoryDoesNotGrow() throws Exception {
        try (Jvm.Running running = new Jvm(folder)
                .option("-XX:+EnableDynamicAgentLoading", "-Xmx256m", "-Xms256m", "-XX:+AlwaysPreTouch")
                .agent("decay=1s,sample=64k,dump-on-exit=exit.txt")
                .app(Soak.class)
                .start()) {
            running.awaitLine("ready");
            VirtualMachine machine = VirtualMachine.attach(Long.toString(running.pid()));
            String address = machine.startLocalManagementAgent();
            Resident early = new Resident(0, 0);
            Resident late = new Resident(0, 0);
            int detached = 0;
            try (JMXConnector connector = JMXConnectorFactory.connect(new JMXServiceURL(address))) {
                MBeanServerConnection server = connector.getMBeanServerConnection();
                ObjectName bean = new ObjectName("zonal:type=Allocator");
                long start = System.nanoTime();
                for (int round = 0; ; round++) {
                    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
                    if (seconds >= SECONDS) {
                        break;
                    }
                    if (seconds >= STEADY_SECONDS && round % 2 == 0) {
                        server.invoke(bean, "detach", null, null);
                        server.getAttribute(bean, "LiveBlocks");
                        server.invoke(bean, "attach", null, null);
                        detached++;
                    } else {
                        look(machine, server, bean, round);
                    }
                    Resident now = new Resident(
                            residentKib(running.pid()), (Long) server.getAttribute(bean, "ResidentBytes") >> 10);
                    if (seconds < STEADY_SECONDS / 3) {
                        early = early.most(now);
                    } else if (seconds >= STEADY_SECONDS * 2 / 3 && seconds < STEADY_SECONDS) {
                        late = late.most(now);
                    }
                    Thread.sleep(200);
                }
                assertEquals(0L, server.getAttribute(bean, "BadFreeCount"));
            } finally {
                machine.detach();
            }
            running.proceed();
            Jvm.Result result = running.join();
            assertEquals(0, result.exitCode(), result.err());
            assertEquals("0", Jvm.line(result.out(), "damaged "));
            assertEquals("", ManagementIT.withoutUnsafeWarning(result.err()));
            assertEquals(0, ofSoak(folder.resolve("exit.txt")), "blocks that were freed are still live");
            System.out.println(SECONDS + " s, calls " + Jvm.line(result.out(), "calls ")
                    + ", most that was resident in the first third of " + STEADY_SECONDS + " s " + early
                    + ", in the last " + late + ", then taken off and put on " + detached + " times");
            assertTrue(detached > 0);
            assertTrue(late.zonalKib > 0 || SECONDS < 60, "nobody looked in the last third");
            assertTrue(late.zonalKib <= early.zonalKib + MOST_GROWTH_KIB, early + " became " + late);
            assertTrue(late.processKib <= early.processKib + MOST_GROWTH_KIB, early + " became " + late);
        }
    }

    /** What is resident, of all the process and of Zonal's range. */
    private record Resident(long processKib, long zonalKib) {
        Resident most(Resident other) {
            return new Resident(Math.max(processKib, other.processKib), Math.max(zonalKib, other.zonalKib));
        }
    }

    private void look(VirtualMachine machine, MBeanServerConnection server, ObjectName bean, int round)
            throws Exception {
        switch (round % 5) {
            case 0 -> server.getAttribute(bean, "Zones");
            case 1 -> server.invoke(bean, "show_alloc_mem_ex", null, null);
            case 2 -> dump(machine, "show_alloc_mem:");
            case 3 -> dump(machine, "show_alloc_mem_ex:");
            default -> server.getAttribute(bean, "LiveBytes");
        }
    }

    private void dump(VirtualMachine machine, String command) throws Exception {
        Path file = folder.resolve("dump.txt");
        machine.loadAgent(Jvm.AGENT_JAR.toString(), command + file);
        assertTrue(Files.size(file) > 0);
        Files.delete(file);
    }

    private static long ofSoak(Path dump) throws IOException {
        Listing listing = Listing.parse(Files.readString(dump));
        return Stream.of(listing.tiny(), listing.small(), listing.large())
                .flatMap(sizes -> sizes.stream())
                .filter(MarkedBlocks::isSize)
                .count();
    }

    private static long residentKib(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
    }
}
