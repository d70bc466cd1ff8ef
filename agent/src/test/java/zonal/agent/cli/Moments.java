package zonal.agent.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import zonal.agent.ZoneUsage;

/** Moments for tests, of which each number is its own. */
final class Moments {
    private Moments() {}

    /** All counts are {@code times} those of the first. */
    static Moment of(long at, long times) {
        Map<String, ZoneUsage> zones = new LinkedHashMap<>();
        zones.put("TINY", usage(times));
        zones.put("SMALL", usage(2 * times));
        zones.put("LARGE", usage(3 * times));
        return new Moment(
                at,
                zones,
                usage(6 * times),
                31 * times,
                32 * times,
                33 * times,
                34 * times,
                35 * times,
                36 * times,
                true);
    }

    private static ZoneUsage usage(long times) {
        return new ZoneUsage(times, 11 * times, 12 * times, 13 * times, 14 * times);
    }
}
