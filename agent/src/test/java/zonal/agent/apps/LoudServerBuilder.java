package zonal.agent.apps;

import javax.management.MBeanServer;
import javax.management.MBeanServerBuilder;
import javax.management.MBeanServerDelegate;

/** A builder of MBean servers of the application's own, which says when it makes one. */
public final class LoudServerBuilder extends MBeanServerBuilder {
    @Override
    public MBeanServer newMBeanServer(String defaultDomain, MBeanServer outer, MBeanServerDelegate delegate) {
        System.out.println("the application's server for " + defaultDomain);
        return super.newMBeanServer(defaultDomain, outer, delegate);
    }
}
