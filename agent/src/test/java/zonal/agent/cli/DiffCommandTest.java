package zonal.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import zonal.agent.SiteUsage;

class DiffCommandTest {
    @Test
    void aChangeIsWhatIsMoreNowThanBefore() {
        Moment before = Moments.of(0, 2);
        Moment now = Moments.of(2_000_000_000, 10);
        assertEquals(
                List.of(
                        "zone      live blocks  change   live  change  resident  change",
                        "TINY              110     +88  120 B   +96 B     140 B  +112 B",
                        "SMALL             220    +176  240 B  +192 B     280 B  +224 B",
                        "LARGE             330    +264  360 B  +288 B     420 B  +336 B",
                        "cached                                           310 B  +248 B",
                        "metadata                                         320 B  +256 B",
                        "all               660    +528  720 B  +576 B     840 B  +672 B"),
                DiffCommand.table(before, now).lines());
        assertEquals("allocations 132/s, frees 136/s, bad frees +280", DiffCommand.calls(before, now));
    }

    private static SiteUsage site(String frame, long bytes, long blocks) {
        return new SiteUsage(List.of(frame), bytes, blocks, 1, bytes, blocks, 1);
    }

    @Test
    void sitesThatCameGrewAndWentAreToldTheGreatestChangeFirst() {
        assertEquals(
                List.of(
                        new DiffCommand.Change(List.of("went"), -300, -3),
                        new DiffCommand.Change(List.of("grew"), 200, 2),
                        new DiffCommand.Change(List.of("came"), 100, 1)),
                DiffCommand.changes(
                        List.of(site("went", 300, 3), site("grew", 50, 1), site("stayed", 70, 7)),
                        List.of(site("came", 100, 1), site("grew", 250, 3), site("stayed", 70, 7))));
    }

    @Test
    void noMoreAreToldThanAPersonReads() {
        List<SiteUsage> now = LongStream.rangeClosed(1, 100)
                .mapToObj(i -> site("site " + i, i, 1))
                .toList();
        List<DiffCommand.Change> told = DiffCommand.changes(List.of(), now);
        assertEquals(10, told.size());
        assertEquals(new DiffCommand.Change(List.of("site 91"), 91, 1), told.getLast());
    }

    /** As where a class was loaded by the application's loader and by one without a name. */
    @Test
    void sitesThatReadTheSameAreAddedUp() {
        assertEquals(
                List.of(new DiffCommand.Change(List.of("twice"), 150, 5)),
                DiffCommand.changes(
                        List.of(site("twice", 1_000, 10), site("twice", 500, 5)),
                        List.of(site("twice", 1_100, 14), site("twice", 550, 6))));
    }
}
