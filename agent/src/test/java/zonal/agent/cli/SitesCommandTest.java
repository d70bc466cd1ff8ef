package zonal.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import zonal.agent.SiteGrowth;

class SitesCommandTest {
    @Test
    void aSiteThatGrowsIsToldByWhatItHasGrownBy() {
        SiteGrowth suspect = new SiteGrowth(List.of("Cache.put"), 100, 900, 2, 5, 7, 240);
        assertEquals("+800 B", SitesCommand.growth(suspect));
        assertEquals(" in 4 min, now 900 B, 5 samples, never less at 7 looks", SitesCommand.since(suspect));
    }
}
