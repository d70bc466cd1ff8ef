package zonal.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import zonal.agent.AllocatorMXBean;
import zonal.agent.ZoneUsage;

class MomentTest {
    private static final Map<String, ZoneUsage> ZONES = Map.of(
            "TINY", new ZoneUsage(1, 20, 300, 4_000, 50_000),
            "LARGE", new ZoneUsage(2, 30, 400, 5_000, 60_000),
            "SMALL", new ZoneUsage(4, 50, 600, 7_000, 80_000));

    @Test
    void allIsTheSumOfTheZonesWhichAreInTheirOrderAndOfWhatIsNoZones() {
        Moment moment = Moment.of(bean());
        assertEquals(
                List.of("TINY", "SMALL", "LARGE"), List.copyOf(moment.zones().keySet()));
        assertEquals(ZONES, moment.zones());
        assertEquals(new ZoneUsage(7, 100, 1_300, 16_000, 190_000 + 7_000_000 + 800_000), moment.all());
        assertEquals(7_000_000, moment.cached());
        assertEquals(800_000, moment.metadata());
        assertEquals(11, moment.allocations());
        assertEquals(12, moment.frees());
        assertEquals(13, moment.badFrees());
        assertEquals(14, moment.mapped());
        assertFalse(moment.attached());
    }

    private static AllocatorMXBean bean() {
        return (AllocatorMXBean) Proxy.newProxyInstance(
                MomentTest.class.getClassLoader(),
                new Class<?>[] {AllocatorMXBean.class},
                (_, method, _) -> switch (method.getName()) {
                    case "getZones" -> ZONES;
                    case "getCachedBytes" -> 7_000_000L;
                    case "getMetadataBytes" -> 800_000L;
                    case "getAllocationCount" -> 11L;
                    case "getFreeCount" -> 12L;
                    case "getBadFreeCount" -> 13L;
                    case "getMappedBytes" -> 14L;
                    case "isAttached" -> false;
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }
}
