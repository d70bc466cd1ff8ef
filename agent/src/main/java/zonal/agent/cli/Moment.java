package zonal.agent.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import zonal.agent.AllocatorMXBean;
import zonal.agent.ZoneUsage;

/**
 * What the bean's numbers were at one moment.
 *
 * @param all the sum of the zones; resident of it is all that Zonal has in memory, with what is cached and its metadata
 * @param cached resident bytes of free pages and freed runs, which are no zone's
 * @param metadata resident bytes of the allocator's own data
 */
record Moment(
        long at,
        Map<String, ZoneUsage> zones,
        ZoneUsage all,
        long cached,
        long metadata,
        long allocations,
        long frees,
        long badFrees,
        long mapped,
        boolean attached) {
    private static final List<String> ORDER = List.of("TINY", "SMALL", "LARGE");
    private static final ZoneUsage NOTHING = new ZoneUsage(0, 0, 0, 0, 0);

    static Moment of(AllocatorMXBean bean) {
        Map<String, ZoneUsage> read = bean.getZones();
        Map<String, ZoneUsage> zones = new LinkedHashMap<>();
        long cached = bean.getCachedBytes();
        long metadata = bean.getMetadataBytes();
        ZoneUsage all = new ZoneUsage(0, 0, 0, 0, cached + metadata);
        for (String name : ORDER) {
            ZoneUsage usage = read.getOrDefault(name, NOTHING);
            zones.put(name, usage);
            all = new ZoneUsage(
                    all.pages() + usage.pages(),
                    all.liveBlocks() + usage.liveBlocks(),
                    all.liveBytes() + usage.liveBytes(),
                    all.freeBytes() + usage.freeBytes(),
                    all.residentBytes() + usage.residentBytes());
        }
        return new Moment(
                System.nanoTime(),
                zones,
                all,
                cached,
                metadata,
                bean.getAllocationCount(),
                bean.getFreeCount(),
                bean.getBadFreeCount(),
                bean.getMappedBytes(),
                bean.isAttached());
    }

    ZoneUsage zone(String name) {
        return Objects.requireNonNull(zones.get(name));
    }
}
