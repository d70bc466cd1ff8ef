package zonal.agent;

import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** Calls the bean of another JVM, as a client that knows none of Zonal's classes. */
final class BeanClient implements AutoCloseable {
    private static final String NAME = "zonal:type=Allocator";

    private final JMXConnector connector;

    @SuppressWarnings("BanJNDI") // local, and from a JVM that this test has started
    BeanClient(Jvm.Running running) throws Exception {
        VirtualMachine machine = VirtualMachine.attach(Long.toString(running.pid()));
        String address = machine.startLocalManagementAgent();
        machine.detach();
        connector = JMXConnectorFactory.connect(new JMXServiceURL(address));
    }

    /** Calls an operation that writes a file, and answers the file's name. */
    String write(String operation, Object file) throws Exception {
        return (String) call(operation, file.toString(), String.class);
    }

    /** Calls an operation that lists what has to do with call sites. */
    CompositeData[] list(String operation, Object argument, Class<?> type) throws Exception {
        return (CompositeData[]) call(operation, argument, type);
    }

    private Object call(String operation, Object argument, Class<?> type) throws Exception {
        MBeanServerConnection connection = connector.getMBeanServerConnection();
        return connection.invoke(
                new ObjectName(NAME), operation, new Object[] {argument}, new String[] {type.getName()});
    }

    String text(String operation) throws Exception {
        return (String) connector.getMBeanServerConnection().invoke(new ObjectName(NAME), operation, null, null);
    }

    /** An attribute that is a number. */
    long number(String attribute) throws Exception {
        return (long) connector.getMBeanServerConnection().getAttribute(new ObjectName(NAME), attribute);
    }

    @Override
    public void close() throws IOException {
        connector.close();
    }
}
