package zonal.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.tools.attach.VirtualMachine;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryManagerMXBean;
import java.lang.management.MemoryNotificationInfo;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.management.MBeanServerConnection;
import javax.management.Notification;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import zonal.agent.apps.Holder;

/** The zones in the Memory tab of JConsole: through the proxies by which it reads every pool. */
@SuppressWarnings("NullAway") // set before each test
class MemoryPoolsIT {
    private static final String WATCH = "zonal-memory-pools";

    @TempDir
    Path folder;

    private Jvm.Running running;
    private JMXConnector connector;
    private MBeanServerConnection server;

    @BeforeEach
    @SuppressWarnings("BanJNDI") // local, and from a JVM that this test has started
    void connect() throws Exception {
        running = new Jvm(folder).agent().app(Holder.class).start();
        running.awaitLine("ready");
        VirtualMachine machine = VirtualMachine.attach(Long.toString(running.pid()));
        String address = machine.startLocalManagementAgent();
        machine.detach();
        connector = JMXConnectorFactory.connect(new JMXServiceURL(address));
        server = connector.getMBeanServerConnection();
    }

    @AfterEach
    void close() throws Exception {
        connector.close();
        running.proceed();
        Jvm.Result result = running.join();
        running.close();
        assertThat(result.exitCode()).isZero();
        assertThat(ManagementIT.withoutUnsafeWarning(result.err())).isEmpty();
    }

    @Test
    void eachZoneIsAPoolAmongTheJvmsOwn() throws Exception {
        Map<String, MemoryPoolMXBean> pools = pools();
        assertThat(pools).containsKeys("Zonal TINY", "Zonal SMALL", "Zonal LARGE", "Metaspace");
        for (MemoryPoolMXBean pool : pools.values()) {
            if (pool.getName().startsWith("Zonal ")) {
                assertThat(pool.getType()).isEqualTo(MemoryType.NON_HEAP);
                assertThat(pool.isValid()).isTrue();
                assertThat(pool.getUsage().getUsed()).isPositive();
                assertThat(pool.getPeakUsage().getUsed())
                        .isGreaterThanOrEqualTo(pool.getUsage().getUsed());
                assertThat(pool.getMemoryManagerNames()).containsExactly("Zonal");
                assertThat(pool.getCollectionUsage()).isNull();
                assertThat(pool.isCollectionUsageThresholdSupported()).isFalse();
                assertThatThrownBy(pool::getCollectionUsageThreshold)
                        .isInstanceOf(UnsupportedOperationException.class)
                        .hasMessage("no collector works on this pool");
            }
        }
        assertThat(pool("LARGE").getUsage().getUsed())
                .isGreaterThanOrEqualTo(Holder.UNSAFE_LARGE + Holder.DIRECT_BUFFER);
        MemoryManagerMXBean manager = ManagementFactory.newPlatformMXBeanProxy(
                server, ManagementFactory.MEMORY_MANAGER_MXBEAN_DOMAIN_TYPE + ",name=Zonal", MemoryManagerMXBean.class);
        assertThat(manager.getMemoryPoolNames()).containsExactly("Zonal TINY", "Zonal SMALL", "Zonal LARGE");
    }

    @Test
    void aPoolThatReachesItsThresholdIsToldOfAsTheJvmsOwnAre() throws Exception {
        assertThat(threads()).doesNotContain(WATCH);
        BlockingQueue<Notification> heard = new LinkedBlockingQueue<>();
        server.addNotificationListener(
                new ObjectName(ManagementFactory.MEMORY_MXBEAN_NAME), (told, _) -> heard.add(told), null, null);
        MemoryPoolMXBean large = pool("LARGE");
        long used = large.getUsage().getUsed();
        large.setUsageThreshold(1L << 40);
        assertThat(large.isUsageThresholdExceeded()).isFalse();
        assertThat(threads()).contains(WATCH);
        large.setUsageThreshold(Holder.UNSAFE_LARGE);

        Notification told = heard.poll(60, TimeUnit.SECONDS);
        assertThat(told).isNotNull();
        assertThat(told.getType()).isEqualTo(MemoryNotificationInfo.MEMORY_THRESHOLD_EXCEEDED);
        MemoryNotificationInfo info = MemoryNotificationInfo.from((CompositeData) told.getUserData());
        assertThat(info.getPoolName()).isEqualTo("Zonal LARGE");
        assertThat(info.getCount()).isEqualTo(1);
        assertThat(info.getUsage().getUsed()).isGreaterThanOrEqualTo(Holder.UNSAFE_LARGE);
        assertThat(used).isGreaterThanOrEqualTo(Holder.UNSAFE_LARGE);
        assertThat(large.isUsageThresholdExceeded()).isTrue();
        assertThat(large.getUsageThresholdCount()).isEqualTo(1);
        assertThat(pool("TINY").isUsageThresholdExceeded()).isFalse();
        assertThatThrownBy(() -> large.setUsageThreshold(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void eachPoolThatReachesItsThresholdIsToldOf() throws Exception {
        BlockingQueue<Notification> heard = new LinkedBlockingQueue<>();
        server.addNotificationListener(
                new ObjectName(ManagementFactory.MEMORY_MXBEAN_NAME), (told, _) -> heard.add(told), null, null);
        Set<String> awaited = new HashSet<>(Set.of("Zonal TINY", "Zonal SMALL", "Zonal LARGE"));
        for (String zone : List.of("TINY", "SMALL", "LARGE")) {
            pool(zone).setUsageThreshold(1);
        }
        while (!awaited.isEmpty()) {
            Notification told = heard.poll(60, TimeUnit.SECONDS);
            assertThat(told).as("still to be told of: " + awaited).isNotNull();
            awaited.remove(MemoryNotificationInfo.from((CompositeData) told.getUserData())
                    .getPoolName());
        }
    }

    /** While there is none nobody looks, until the next one is set. */
    @Test
    void aThresholdThatIsSetAfterThereWasNoneIsToldOf() throws Exception {
        BlockingQueue<Notification> heard = new LinkedBlockingQueue<>();
        server.addNotificationListener(
                new ObjectName(ManagementFactory.MEMORY_MXBEAN_NAME), (told, _) -> heard.add(told), null, null);
        for (int i = 0; i < 2; i++) {
            pool("TINY").setUsageThreshold(1);
            assertThat(heard.poll(60, TimeUnit.SECONDS)).isNotNull();
            pool("TINY").setUsageThreshold(0);
            Awaitility.await().until(() -> state(WATCH) == Thread.State.WAITING);
        }
        assertThat(threads()).containsOnlyOnce(WATCH);
    }

    private MemoryPoolMXBean pool(String zone) throws Exception {
        return proxy(new ObjectName(ManagementFactory.MEMORY_POOL_MXBEAN_DOMAIN_TYPE + ",name=Zonal " + zone));
    }

    /** As JConsole finds them. */
    private Map<String, MemoryPoolMXBean> pools() throws Exception {
        Map<String, MemoryPoolMXBean> pools = new TreeMap<>();
        for (ObjectName name :
                server.queryNames(new ObjectName(ManagementFactory.MEMORY_POOL_MXBEAN_DOMAIN_TYPE + ",*"), null)) {
            MemoryPoolMXBean pool = proxy(name);
            pools.put(pool.getName(), pool);
        }
        return pools;
    }

    private MemoryPoolMXBean proxy(ObjectName name) throws Exception {
        return ManagementFactory.newPlatformMXBeanProxy(server, name.toString(), MemoryPoolMXBean.class);
    }

    private String threads() throws Exception {
        return liveThreads().map(ThreadInfo::getThreadName).toList().toString();
    }

    private Thread.State state(String name) throws Exception {
        return liveThreads()
                .filter(thread -> thread.getThreadName().equals(name))
                .map(ThreadInfo::getThreadState)
                .findFirst()
                .orElse(Thread.State.NEW);
    }

    private Stream<ThreadInfo> liveThreads() throws Exception {
        ThreadMXBean threads = ManagementFactory.newPlatformMXBeanProxy(
                server, ManagementFactory.THREAD_MXBEAN_NAME, ThreadMXBean.class);
        return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
                .filter(Objects::nonNull); // of one that has ended meanwhile
    }
}
