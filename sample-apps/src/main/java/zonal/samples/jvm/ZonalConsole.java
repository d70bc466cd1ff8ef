package zonal.samples.jvm;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * A JMX client of a JVM under the agent, from outside and with nothing of Zonal on its class path: it attaches, has the
 * JVM open its local connector as JConsole does, and asks the bean {@code zonal:type=Allocator}.
 */
public final class ZonalConsole implements AutoCloseable {

    private static final String BEAN = "zonal:type=Allocator";
    private static final List<String> ORDER = List.of("TINY", "SMALL", "LARGE");

    private final JMXConnector connector;
    private final MBeanServerConnection server;
    private final ObjectName bean;

    private ZonalConsole(JMXConnector connector) throws IOException, JMException {
        this.connector = connector;
        this.server = connector.getMBeanServerConnection();
        this.bean = new ObjectName(BEAN);
    }

    /** Connects to a JVM of this user on this machine. */
    @SuppressWarnings("BanJNDI") // the address comes from that JVM, and names no directory
    public static ZonalConsole connect(long pid) throws IOException, JMException {
        String address;
        try {
            VirtualMachine jvm = VirtualMachine.attach(Long.toString(pid));
            try {
                address = jvm.startLocalManagementAgent();
            } finally {
                jvm.detach();
            }
        } catch (AttachNotSupportedException e) {
            throw new IOException(e);
        }
        return new ZonalConsole(JMXConnectorFactory.connect(new JMXServiceURL(address)));
    }

    /** The text of {@code show_alloc_mem}. */
    public String showAllocMem() throws IOException, JMException {
        return (String) server.invoke(bean, "show_alloc_mem", new Object[0], new String[0]);
    }

    /** The zones in the order of their sizes. */
    public List<ZoneCount> zones() throws IOException, JMException {
        List<ZoneCount> zones = new ArrayList<>();
        for (Object row : ((TabularData) server.getAttribute(bean, "Zones")).values()) {
            CompositeData entry = (CompositeData) row;
            CompositeData zone = (CompositeData) entry.get("value");
            zones.add(new ZoneCount(
                    (String) entry.get("key"),
                    (Long) zone.get("pages"),
                    (Long) zone.get("liveBlocks"),
                    (Long) zone.get("liveBytes"),
                    (Long) zone.get("freeBytes"),
                    (Long) zone.get("residentBytes")));
        }
        zones.sort(Comparator.comparingInt(zone -> ORDER.indexOf(zone.name())));
        return List.copyOf(zones);
    }

    /** An attribute that is a number, such as {@code BadFreeCount}. */
    public long number(String attribute) throws IOException, JMException {
        return (Long) server.getAttribute(bean, attribute);
    }

    @Override
    public void close() throws IOException {
        connector.close();
    }
}
