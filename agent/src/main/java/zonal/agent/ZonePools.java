package zonal.agent;

import java.lang.instrument.Instrumentation;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryManagerMXBean;
import java.lang.management.MemoryNotificationInfo;
import java.lang.management.MemoryUsage;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;
import zonal.allocator.DaemonThread;
import zonal.allocator.Statistics;
import zonal.allocator.ZoneStatistics;

/**
 * The zones as memory pools under the names that consoles look for, {@code java.lang:type=MemoryPool,name=Zonal TINY} and so on, their
 * manager, and the daemon that looks at them once a second while one has a threshold.
 *
 * <p>A pool that reaches its threshold is told to whoever listens to the platform's {@code MemoryMXBean}, as for the JVM's own pools: with
 * {@code MEMORY_THRESHOLD_EXCEEDED} and a {@code MemoryNotificationInfo}. The JDK has no public way to send that in its name; where the
 * internal one is not as known, thresholds can only be polled.
 *
 * <p>{@code ManagementFactory.getMemoryPoolMXBeans()} goes on to list the JVM's own pools alone: what it answers is asked of the JVM, and
 * added up by some as the JVM's own memory.
 */
final class ZonePools implements MemoryManagerMXBean, Runnable {
    static final String MANAGER = "Zonal";

    private static final long LOOK_MILLIS = 1_000;

    private final List<ZonePool> pools = new ArrayList<>();
    private final @Nullable Method notification;
    private boolean watched;

    private ZonePools(@Nullable Method notification) {
        this.notification = notification;
        List<ZoneStatistics> zones = Statistics.recent().zones();
        for (int i = 0; i < zones.size(); i++) {
            pools.add(new ZonePool(i, zones.get(i).name(), this::watch));
        }
    }

    /** Registers the pools and their manager. */
    static void register(MBeanServer server, Instrumentation instrumentation) throws JMException {
        ZonePools pools = new ZonePools(notification(instrumentation));
        server.registerMBean(pools, pools.getObjectName());
        for (ZonePool pool : pools.pools) {
            server.registerMBean(pool, pool.getObjectName());
        }
    }

    /** What the JVM's own pools send by, {@code MemoryImpl.createNotification(type, pool, usage, count)}; null if there is no such. */
    private static @Nullable Method notification(Instrumentation instrumentation) {
        try {
            Class<?> sender = Class.forName("sun.management.MemoryImpl", false, null);
            ModuleAccess.openToAgent(instrumentation, sender.getModule(), sender.getPackageName());
            Method method = sender.getDeclaredMethod(
                    "createNotification", String.class, String.class, MemoryUsage.class, long.class);
            method.setAccessible(true);
            return method;
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null;
        }
    }

    /** Starts the daemon with the first threshold that is set, and wakes it with each later one. */
    private synchronized void watch() {
        if (!watched) {
            DaemonThread.start("zonal-memory-pools", this);
            watched = true;
        }
        notifyAll();
    }

    private synchronized void awaitThreshold() throws InterruptedException {
        while (pools.stream().allMatch(pool -> pool.getUsageThreshold() == 0)) {
            wait();
        }
    }

    @Override
    public void run() {
        for (; ; ) {
            try {
                try {
                    awaitThreshold();
                    look();
                } finally {
                    Thread.sleep(LOOK_MILLIS); // also where the Java heap is full: it will be for a while
                }
            } catch (InterruptedException | ReflectiveOperationException | RuntimeException | Error e) {
                // An application's listener threw, or memory is short: the next look goes on.
            }
        }
    }

    private void look() throws ReflectiveOperationException {
        Statistics statistics = Statistics.recent();
        for (ZonePool pool : pools) {
            MemoryUsage reached = pool.look(statistics);
            if (reached != null && notification != null) {
                notification.invoke(
                        null,
                        MemoryNotificationInfo.MEMORY_THRESHOLD_EXCEEDED,
                        pool.getName(),
                        reached,
                        pool.getUsageThresholdCount());
            }
        }
    }

    @Override
    public String getName() {
        return MANAGER;
    }

    @Override
    public boolean isValid() {
        return true;
    }

    @Override
    public String[] getMemoryPoolNames() {
        return pools.stream().map(ZonePool::getName).toArray(String[]::new);
    }

    @Override
    public ObjectName getObjectName() {
        try {
            return new ObjectName(ManagementFactory.MEMORY_MANAGER_MXBEAN_DOMAIN_TYPE + ",name=" + MANAGER);
        } catch (MalformedObjectNameException e) {
            throw new IllegalStateException(e); // a name without special characters
        }
    }
}
