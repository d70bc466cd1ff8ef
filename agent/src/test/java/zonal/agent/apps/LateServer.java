package zonal.agent.apps;

import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.JMRuntimeException;
import javax.management.ObjectName;

/** Asks for the platform's MBean server while there is no such builder as it names, and then without one; prints what became of that. */
public final class LateServer {
    private static final String BUILDER = "javax.management.builder.initial";

    private LateServer() {}

    public static void main(String[] arguments) throws JMException {
        System.setProperty(BUILDER, "no.such.Builder");
        try {
            ManagementFactory.getPlatformMBeanServer();
            System.out.println("thrown false");
        } catch (JMRuntimeException e) {
            System.out.println("thrown true");
        }
        System.clearProperty(BUILDER);
        System.out.println("bean "
                + ManagementFactory.getPlatformMBeanServer().isRegistered(new ObjectName("zonal:type=Allocator")));
    }
}
