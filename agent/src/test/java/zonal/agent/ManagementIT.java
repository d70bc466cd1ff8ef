package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import javax.management.MBeanException;
import javax.management.MBeanFeatureInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanParameterInfo;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import zonal.agent.apps.Holder;
import zonal.agent.apps.LateServer;

class ManagementIT {
    private static final String LOCAL_CONNECTOR = "com.sun.management.jmxremote.localConnectorAddress";

    @TempDir
    Path folder;

    @Test
    void everyBlockIsListedWithItsExactSizeInItsZone() throws Exception {
        withBean(bean -> {
            Listing listing = Listing.parse(bean.text("show_alloc_mem"));
            assertTrue(listing.tiny().contains((long) Holder.UNSAFE_TINY), listing.toString());
            assertFalse(listing.tiny().contains(45L), "freed");
            assertTrue(listing.small().contains((long) Holder.UNSAFE_SMALL), listing.toString());
            assertTrue(listing.small().contains((long) Holder.ARENA_SEGMENT), listing.toString());
            assertTrue(listing.large().contains((long) Holder.UNSAFE_LARGE), listing.toString());
            assertTrue(listing.large().contains((long) Holder.DIRECT_BUFFER), listing.toString());
            assertFalse(listing.large().contains(5_000L), "reallocated");
            assertTrue(bean.text("show_alloc_mem_ex").contains(Holder.UNSAFE_LARGE + " bytes"));
        });
    }

    @Test
    void theAttributesAreOpenTypesAndAddUp() throws Exception {
        withBean(bean -> {
            TabularData zones = (TabularData) bean.attribute("Zones");
            long blocks = 0;
            long bytes = 0;
            for (String zone : List.of("TINY", "SMALL", "LARGE")) {
                CompositeData usage =
                        (CompositeData) zones.get(new Object[] {zone}).get("value");
                blocks += (Long) usage.get("liveBlocks");
                bytes += (Long) usage.get("liveBytes");
                assertTrue((Long) usage.get("pages") > 0, zone);
                assertTrue((Long) usage.get("freeBytes") >= 0, zone);
                assertTrue((Long) usage.get("residentBytes") > 0, zone);
            }
            assertTrue(blocks >= 5);
            assertTrue(bytes >= Holder.UNSAFE_LARGE + Holder.DIRECT_BUFFER);
            assertTrue(bean.number("LiveBlocks") >= 5);
            assertTrue(bean.number("LiveBytes") >= Holder.UNSAFE_LARGE + Holder.DIRECT_BUFFER);
            assertTrue(bean.number("MappedBytes") >= bean.number("LiveBytes"));
            assertTrue(bean.number("ResidentBytes") > bean.number("MetadataBytes"));
            assertTrue(bean.number("MetadataBytes") > 0);
            assertTrue(bean.number("CachedBytes") >= 0);
            assertTrue(bean.number("ThreadCacheBytes") >= 0);
            assertTrue(bean.number("AllocationCount") > bean.number("FreeCount"));
            assertTrue(bean.number("FreeCount") > 0);
            assertTrue(bean.number("ForeignFreeCount") >= 0);
            assertEquals(0, bean.number("BadFreeCount"));
            TabularData options = (TabularData) bean.attribute("Options");
            assertEquals("64", options.get(new Object[] {"tiny"}).get("value"));
            assertEquals(
                    "1024",
                    String.valueOf(options.get(new Object[] {"small"}).get("value"))
                            .replace("1k", "1024"));
            assertTrue(String.valueOf(bean.attribute("Version")).matches("[0-9]+\\..*"));
        });
    }

    @Test
    void whatAClientShowsHasWordsAndParametersTheirNames() throws Exception {
        withBean(bean -> {
            MBeanInfo info = bean.connection().getMBeanInfo(new ObjectName(Bean.NAME));
            List<MBeanFeatureInfo> features = new ArrayList<>(List.of(info.getAttributes()));
            for (MBeanOperationInfo operation : info.getOperations()) {
                features.add(operation);
                for (MBeanParameterInfo parameter : operation.getSignature()) {
                    String name = switch (operation.getName()) {
                        case "liveSites" -> "most";
                        case "leakSuspects" -> "seconds";
                        default -> "file";
                    };
                    assertEquals(name, parameter.getName(), operation.toString());
                }
            }
            assertEquals(AllocatorMXBean.class.getMethods().length, features.size());
            for (MBeanFeatureInfo feature : features) {
                assertTrue(feature.getDescription().endsWith("."), feature.toString());
            }
        });
    }

    @Test
    void aDumpIsANewFileForTheOwnerAlone() throws Exception {
        withBean(bean -> {
            Path file = folder.resolve("dump.txt");
            assertEquals(file.toString(), bean.dump(file.toString()));
            assertTrue(Listing.parse(Files.readString(file)).large().contains((long) Holder.UNSAFE_LARGE));
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
            assertEquals(folder.resolve("relative.txt").toString(), bean.dump("relative.txt"));
            assertTrue(Files.exists(folder.resolve("relative.txt")));
        });
    }

    @Test
    void aDumpOverwritesNothingAndFollowsNoLink() throws Exception {
        withBean(bean -> {
            Path precious = Files.writeString(folder.resolve("precious.txt"), "precious");
            Path link = Files.createSymbolicLink(folder.resolve("link.txt"), precious);
            Path danglingTarget = folder.resolve("nothing.txt");
            Path dangling = Files.createSymbolicLink(folder.resolve("dangling.txt"), danglingTarget);
            for (Path file : List.of(precious, link, dangling, folder)) {
                assertEquals(file + " exists already, a dump is always a new file", bean.refusal(file.toString()));
            }
            assertEquals("precious", Files.readString(precious));
            assertFalse(Files.exists(danglingTarget));
            Path noFolder = folder.resolve("no/such.txt");
            assertEquals(
                    noFolder + " can't be made, there is no folder " + noFolder.getParent(),
                    bean.refusal(noFolder.toString()));
            assertEquals("a dump needs the name of a file", bean.refusal(" "));
        });
    }

    @Test
    void theBeanIsThereForAManagementAgentThatTheCommandLineStarted() throws Exception {
        try (Jvm.Running running = new Jvm(folder)
                .agent()
                .option("-Dcom.sun.management.jmxremote")
                .app(Holder.class)
                .start()) {
            running.awaitLine("ready");
            assertTheBeanIsThere(running);
        }
    }

    @Test
    void theBeanIsThereForAManagementAgentThatJcmdStarted() throws Exception {
        try (Jvm.Running running = new Jvm(folder).agent().app(Holder.class).start()) {
            running.awaitLine("ready");
            Jvm.execute(folder, Jvm.tool("jcmd"), running.pid(), "ManagementAgent.start_local");
            assertTheBeanIsThere(running);
        }
    }

    private static void assertTheBeanIsThere(Jvm.Running running) throws Exception {
        VirtualMachine machine = VirtualMachine.attach(Long.toString(running.pid()));
        String address = machine.getAgentProperties().getProperty(LOCAL_CONNECTOR);
        machine.detach();
        try (JMXConnector connector = connect(address)) {
            assertTrue(new Bean(connector.getMBeanServerConnection()).number("LiveBlocks") >= 5);
        }
        assertEquals("", withoutUnsafeWarning(running.err()));
    }

    @Test
    void theBeanComesToAServerThatWasMadeBeforeTheAgentCame() throws Exception {
        try (Jvm.Running running = new Jvm(folder)
                .option("-XX:+EnableDynamicAgentLoading", "-Dcom.sun.management.jmxremote")
                .app(Holder.class)
                .start()) {
            running.awaitLine("ready");
            VirtualMachine machine = VirtualMachine.attach(Long.toString(running.pid()));
            machine.loadAgent(Jvm.AGENT_JAR.toString(), "tiny=64");
            String address = machine.getAgentProperties().getProperty(LOCAL_CONNECTOR);
            machine.detach();
            try (JMXConnector connector = connect(address)) {
                assertEquals(0, new Bean(connector.getMBeanServerConnection()).number("BadFreeCount"));
            }
        }
    }

    @Test
    void theBeanComesToAServerThatCouldNotBeMadeAtFirst() throws Exception {
        Jvm.Result result = new Jvm(folder).agent().app(LateServer.class).run();
        assertEquals(0, result.exitCode(), result.err());
        assertEquals("thrown true\nbean true\n", result.out());
    }

    @Test
    void theBeanComesToAServerThatIsMadeAfterALateInstallation() throws Exception {
        try (Jvm.Running running = new Jvm(folder)
                .option("-XX:+EnableDynamicAgentLoading")
                .app(Holder.class, Holder.WITH_MANAGEMENT)
                .start()) {
            running.awaitLine("ready");
            VirtualMachine machine = VirtualMachine.attach(Long.toString(running.pid()));
            machine.loadAgent(Jvm.AGENT_JAR.toString());
            String address = machine.startLocalManagementAgent();
            machine.detach();
            try (JMXConnector connector = connect(address)) {
                assertEquals(0, new Bean(connector.getMBeanServerConnection()).number("BadFreeCount"));
            }
        }
    }

    /** What the JVM itself says of an application that uses sun.misc.Unsafe. */
    static String withoutUnsafeWarning(String err) {
        return err.replaceAll(
                "WARNING: (.*sun\\.misc\\.Unsafe|Please consider reporting this to the maintainers of).*\n", "");
    }

    @SuppressWarnings("BanJNDI") // local, and from a JVM that this test has started
    private static JMXConnector connect(String address) throws IOException {
        return JMXConnectorFactory.connect(new JMXServiceURL(address));
    }

    private interface Check {
        void on(Bean bean) throws Exception;
    }

    private void withBean(Check check) throws Exception {
        try (Jvm.Running running =
                new Jvm(folder).agent("tiny=64").app(Holder.class).start()) {
            running.awaitLine("ready");
            VirtualMachine machine = VirtualMachine.attach(Long.toString(running.pid()));
            String address = machine.startLocalManagementAgent();
            machine.detach();
            try (JMXConnector connector = connect(address)) {
                check.on(new Bean(connector.getMBeanServerConnection()));
            }
            running.proceed();
            Jvm.Result result = running.join();
            assertEquals(0, result.exitCode());
            assertEquals("", withoutUnsafeWarning(result.err()));
        }
    }

    /** The bean as a client sees it that knows none of Zonal's classes. */
    private record Bean(MBeanServerConnection connection) {
        private static final String NAME = "zonal:type=Allocator";

        Object attribute(String attribute) throws Exception {
            return connection.getAttribute(new ObjectName(NAME), attribute);
        }

        long number(String attribute) throws Exception {
            return (Long) attribute(attribute);
        }

        String text(String operation) throws Exception {
            return (String) connection.invoke(new ObjectName(NAME), operation, null, null);
        }

        String dump(String file) throws Exception {
            return (String) connection.invoke(
                    new ObjectName(NAME), "dump", new Object[] {file}, new String[] {String.class.getName()});
        }

        String refusal(String file) {
            MBeanException refusal = assertThrows(MBeanException.class, () -> dump(file));
            Throwable cause = refusal.getCause();
            return cause == null ? "" : String.valueOf(cause.getMessage());
        }
    }
}
