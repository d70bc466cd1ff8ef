package zonal.agent.apps;

import java.lang.management.ManagementFactory;

/** Asks for the platform's MBean server, twice. */
public final class PlatformServerUser {
    private PlatformServerUser() {}

    public static void main(String[] arguments) {
        for (int i = 0; i < 2; i++) {
            System.out.println(ManagementFactory.getPlatformMBeanServer().getDefaultDomain());
        }
    }
}
