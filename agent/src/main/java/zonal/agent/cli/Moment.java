package zonal.agent.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import zonal.agent.AllocatorMXBean;
import zonal.agent.ZoneUsage;

/** What the bean's numbers were at one moment. */
record Moment(
        long at,
        Map<String, ZoneUsage> zones,
        ZoneUsage all,
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
        ZoneUsage all = NOTHING;
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
