package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.tools.attach.VirtualMachine;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.management.JMX;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import zonal.agent.apps.Crowd;

/** A million live blocks. */
class ManyBlocksIT {
    private static final int BLOCKS = 1_000_000;
    private static final int HEAP = 48 << 20;

    @TempDir
    Path folder;

    @Test
    void theTextIsCutAndSaysHowToGetTheRestAndAFileHasAllOfIt() throws Exception {
        // A heap that could hold neither the text of a million blocks, nor its parts while they are joined.
        try (Jvm.Running running = new Jvm(folder)
                .agent()
                .option("-Xmx" + HEAP, "-XX:+UseG1GC", "-XX:+ExitOnOutOfMemoryError", Jvm.LOG_OF_INITIALISERS)
                .app(Crowd.class, Integer.toString(BLOCKS))
                .start()) {
            running.awaitLine("ready");
            try (JMXConnector connector = connect(running.pid())) {
                AllocatorMXBean bean = JMX.newMXBeanProxy(
                        connector.getMBeanServerConnection(),
                        new ObjectName("zonal:type=Allocator"),
                        AllocatorMXBean.class);
                Listing all = Listing.parse(Files.readString(Path.of(bean.dump("all.txt"))));
                assertTrue(all.tiny().size() >= BLOCKS);
                for (long size = 1; size <= Crowd.SIZES; size++) {
                    long expected = (BLOCKS - size) / Crowd.SIZES + 1;
                    long wanted = size;
                    long listed =
                            all.tiny().stream().filter(bytes -> bytes == wanted).count();
                    assertTrue(listed >= expected && listed < expected + 200, listed + " of " + size + " bytes");
                }
                cutAtTheEndOfALine(bean.show_alloc_mem(), running.pid(), "dump(file)", "show");
                cutAtTheEndOfALine(bean.show_alloc_mem_ex(), running.pid(), "dumpExtended(file)", "show-ex");
                assertFalse(running.out().contains(Jvm.PROCESS_HANDLE));
                Path extended = Path.of(bean.dumpExtended("extended.txt"));
                assertTrue(Files.readString(extended).contains("\nWaste by class\n"));
                assertTrue(Files.size(extended) > Files.size(folder.resolve("all.txt")));
            }
            assertEquals("", ManagementIT.withoutUnsafeWarning(running.err()));
        }
    }

    @Test
    void theSmallerTheJavaHeapTheSoonerTheTextIsCut() {
        assertEquals(CutText.MOST, CutText.most(Long.MAX_VALUE));
        assertEquals(CutText.MOST, CutText.most(4L << 30));
        assertEquals(CutText.MOST / 2, CutText.most(2L << 30));
    }

    private static void cutAtTheEndOfALine(String text, long pid, String operation, String command) {
        int last = text.indexOf("Cut after ");
        assertTrue(last <= CutText.most(HEAP) && last > CutText.most(HEAP) - 200, last + " characters");
        assertEquals('\n', text.charAt(last - 1));
        assertTrue(text.substring(last)
                .matches("Cut after " + last + " characters; live are 1[0-9]{6} blocks\\. All of it: "
                        + operation.replace("(", "\\(").replace(")", "\\)")
                        + ", or java -jar zonal-agent\\.jar " + pid + " " + command + "\nTotal : [0-9]{8,} bytes\n"));
    }

    @SuppressWarnings("BanJNDI") // local, and from a JVM that this test has started
    private static JMXConnector connect(long pid) throws Exception {
        VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
        String address = machine.startLocalManagementAgent();
        machine.detach();
        return JMXConnectorFactory.connect(new JMXServiceURL(address));
    }
}
