package zonal.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import zonal.agent.SiteGrowth;
import zonal.agent.SiteUsage;

class SitesCommandTest {
    @Test
    void aSiteIsToldByItsShareOfAll() {
        SiteUsage site = new SiteUsage(List.of("Cache.put"), 300, 20, 5, 4_000, 70, 240);
        assertEquals(" (25 % of all), 20 blocks, 5 samples, the oldest 4 min", SitesCommand.share(site, 1_200));
        assertEquals(" (100 % of all), 20 blocks, 5 samples, the oldest 4 min", SitesCommand.share(site, 200));
    }

    @Test
    void helpNamesHowManySitesAndHowLongAgo() {
        assertTrue(Command.SITES.help.contains(" (" + SitesCommand.DEFAULT_SITES + " unless said)"));
        assertTrue(Command.LEAKS.help.contains(" (" + SitesCommand.DEFAULT_SECONDS + " unless said;"));
    }

    @Test
    void aSiteThatGrowsIsToldByWhatItHasGrownBy() {
        SiteGrowth suspect = new SiteGrowth(List.of("Cache.put"), 100, 900, 2, 5, 7, 240);
        assertEquals("+800 B", SitesCommand.growth(suspect));
        assertEquals(" in 4 min, now 900 B, 5 samples, never less at 7 looks", SitesCommand.since(suspect));
    }
}
