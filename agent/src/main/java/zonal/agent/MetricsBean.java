package zonal.agent;

import java.util.List;
import java.util.function.ToLongFunction;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.DynamicMBean;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;
import zonal.allocator.Statistics;
import zonal.allocator.ZoneStatistics;

/**
 * The numbers of {@link AllocatorMXBean} once more, one by one and under the names that Prometheus wants: lower case, unit last. An
 * exporter that makes a metric's name of the names of bean and attribute, as jmx_prometheus does, then needs no rules:
 * {@code zonal_memory_live_bytes}, {@code zonal_zone_live_bytes{zone="TINY"}}. (No {@code _total} for what only grows: jmx_prometheus
 * cuts it off where no rule says that it is a counter.)
 *
 * <p>Attributes that are asked for together are of one reading.
 */
final class MetricsBean implements DynamicMBean {
    private static final String MEMORY = "zonal:type=memory";
    private static final String ZONE = "zonal:type=zone,zone=";

    private record Metric(String name, String description, ToLongFunction<Statistics> value) {}

    private final String description;
    private final List<Metric> metrics;

    private MetricsBean(String description, List<Metric> metrics) {
        this.description = description;
        this.metrics = metrics;
    }

    /** Registers a bean for all the memory, and one for each zone. */
    static void register(MBeanServer server) throws JMException {
        server.registerMBean(memory(), new ObjectName(MEMORY));
        List<ZoneStatistics> zones = Statistics.recent().zones();
        for (int i = 0; i < zones.size(); i++) {
            server.registerMBean(zone(i), new ObjectName(ZONE + zones.get(i).name()));
        }
    }

    private static MetricsBean memory() {
        return new MetricsBean(
                "The allocator's numbers, for scrapers",
                List.of(
                        new Metric("live_bytes", "Bytes in use, as asked for", Statistics::liveBytes),
                        new Metric("live_blocks", "Blocks in use", Statistics::liveBlocks),
                        new Metric("mapped_bytes", "Bytes made accessible", Statistics::mappedBytes),
                        new Metric("resident_bytes", "Bytes of them in memory", Statistics::residentBytes),
                        new Metric("cached_bytes", "Resident bytes that are free, of no zone", Statistics::cachedBytes),
                        new Metric(
                                "metadata_bytes",
                                "Resident bytes of the allocator's own data",
                                Statistics::metadataBytes),
                        new Metric(
                                "thread_cache_bytes",
                                "Usable bytes of free blocks and runs in thread caches",
                                Statistics::threadCacheBytes),
                        new Metric("allocations", "Blocks ever taken", Statistics::allocationCount),
                        new Metric("frees", "Blocks ever given back", Statistics::freeCount),
                        new Metric("foreign_frees", "Frees passed on to the JVM", Statistics::foreignFreeCount),
                        new Metric("bad_frees", "Frees and reallocs of no live block", Statistics::badFreeCount)));
    }

    private static MetricsBean zone(int index) {
        return new MetricsBean(
                "A zone's numbers, for scrapers",
                List.of(
                        zone(index, "pages", "Pages in use", ZoneStatistics::pages),
                        zone(index, "live_blocks", "Blocks in use", ZoneStatistics::liveBlocks),
                        zone(index, "live_bytes", "Bytes in use, as asked for", ZoneStatistics::liveBytes),
                        zone(index, "free_bytes", "Bytes of pages that hold no live block", ZoneStatistics::freeBytes),
                        zone(index, "resident_bytes", "Bytes in memory", ZoneStatistics::residentBytes)));
    }

    private static Metric zone(int index, String name, String description, ToLongFunction<ZoneStatistics> value) {
        return new Metric(
                name, description, all -> value.applyAsLong(all.zones().get(index)));
    }

    @Override
    public Object getAttribute(String name) throws AttributeNotFoundException {
        for (Metric metric : metrics) {
            if (metric.name.equals(name)) {
                return metric.value.applyAsLong(Statistics.recent());
            }
        }
        throw new AttributeNotFoundException(name);
    }

    @Override
    public AttributeList getAttributes(String[] names) {
        List<String> wanted = List.of(names);
        Statistics statistics = Statistics.recent();
        AttributeList values = new AttributeList();
        for (Metric metric : metrics) {
            if (wanted.contains(metric.name)) {
                values.add(new Attribute(metric.name, metric.value.applyAsLong(statistics)));
            }
        }
        return values;
    }

    @Override
    public void setAttribute(Attribute attribute) throws AttributeNotFoundException {
        throw new AttributeNotFoundException(attribute.getName() + " can't be set");
    }

    @Override
    public AttributeList setAttributes(AttributeList attributes) {
        return new AttributeList();
    }

    @Override
    public @Nullable Object invoke(String operation, Object @Nullable [] arguments, String @Nullable [] signature) {
        throw new UnsupportedOperationException("there are no operations here, see zonal:type=Allocator");
    }

    @Override
    public MBeanInfo getMBeanInfo() {
        MBeanAttributeInfo[] attributes = metrics.stream()
                .map(metric -> new MBeanAttributeInfo(metric.name, "long", metric.description, true, false, false))
                .toArray(MBeanAttributeInfo[]::new);
        return new MBeanInfo(MetricsBean.class.getName(), description, attributes, null, null, null);
    }
}
