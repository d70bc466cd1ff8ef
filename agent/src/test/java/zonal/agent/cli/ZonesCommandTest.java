package zonal.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ZonesCommandTest {
    private static final long SECOND = 1_000_000_000;

    @Test
    void aRateIsOfTheTimeSinceTheLastLookAndThereIsNoneAtTheFirst() {
        Moment first = Moments.of(SECOND, 10);
        Moment second = Moments.of(3 * SECOND, 30);
        assertEquals("-", ZonesCommand.rate(null, first, Moment::allocations));
        assertEquals("330/s", ZonesCommand.rate(first, second, Moment::allocations));
        assertEquals("340/s", ZonesCommand.rate(first, second, Moment::frees));
    }

    @Test
    void thePictureTellsWhatChangedSinceTheLastOne() {
        Moment first = Moments.of(SECOND, 10);
        Moment second = Moments.of(3 * SECOND, 30);
        assertEquals("allocations -   frees -   growth -   bad frees 350", ZonesCommand.changes(null, first));
        assertEquals(
                "allocations 330/s   frees 340/s   growth +1.4 KiB   bad frees 1,050",
                ZonesCommand.changes(first, second));
    }

    @Test
    void helpNamesTheTimeBetweenTwoLooks() {
        assertTrue(Command.ZONES.help.contains(" (" + ZonesCommand.DEFAULT_SECONDS + " unless said)"));
    }

    @Test
    void eachNumberIsInItsColumn() {
        assertEquals(
                List.of(
                        "zone      pages  live blocks  live  free  resident",
                        "TINY          1           11  12 B  13 B      14 B",
                        "SMALL         2           22  24 B  26 B      28 B",
                        "LARGE         3           33  36 B  39 B      42 B",
                        "cached                                        31 B",
                        "metadata                                      32 B",
                        "all           6           66  72 B  78 B      84 B"),
                ZonesCommand.table(Moments.of(0, 1)).lines());
    }

    @Test
    void aLineHasWhatIsLiveByZoneAndHowFastItChanges() {
        String line = ZonesCommand.line("12:00:00", Moments.of(0, 1), Moments.of(SECOND, 2));
        assertEquals("12:00:00 132 24 B 48 B 72 B 144 B 168 B 33/s 34/s", line.replaceAll(" +", " "));
    }
}
