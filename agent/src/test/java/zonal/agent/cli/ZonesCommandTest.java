package zonal.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;
import zonal.agent.ZoneUsage;

class ZonesCommandTest {
    private static final long SECOND = 1_000_000_000;

    @Test
    void aRateIsOfTheTimeSinceTheLastLookAndThereIsNoneAtTheFirst() {
        Moment first = moment(SECOND, 1_000, 40);
        Moment second = moment(3 * SECOND, 1_500, 60);
        assertEquals("-", ZonesCommand.rate(null, first, Moment::allocations));
        assertEquals("250/s", ZonesCommand.rate(first, second, Moment::allocations));
        assertEquals("10/s", ZonesCommand.rate(first, second, Moment::frees));
    }

    private static Moment moment(long at, long allocations, long frees) {
        return new Moment(at, Map.of(), new ZoneUsage(0, 0, 0, 0, 0), 0, 0, allocations, frees, 0, 0, true);
    }
}
