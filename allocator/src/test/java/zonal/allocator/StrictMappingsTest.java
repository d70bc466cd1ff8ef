package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The table of mappings, called as {@code large=strict} has it called. */
class StrictMappingsTest {

    private static final int MOST_LIVE = 30_000;

    private final StrictMappings strict = StrictMappings.INSTANCE;

    /** An address stays when its block is gone, until the table needs the room: then others move to its place, and each is found there. */
    @Test
    void whereAddressesWereForgottenEachLiveBlockIsFound() {
        List<Long> live = new ArrayList<>();
        int before = used();
        // Blocks for which there is no room between the others, which are half as long at most: all have new addresses.
        for (long bytes = SystemCalls.OS_PAGE_SIZE; used() >= before; bytes *= 2) {
            before = used();
            List<Long> left = everySecond(live, 0);
            everySecond(live, 1).forEach(this::give);
            live = left;
            while (live.size() < MOST_LIVE) {
                live.add(strict.take(bytes));
            }
        }
        assertThat(live).allMatch(block -> strict.usableSize(block) > 0);
        live.forEach(this::give);
        HeapCheck.quiet();
    }

    private static List<Long> everySecond(List<Long> blocks, int first) {
        List<Long> some = new ArrayList<>();
        for (int i = first; i < blocks.size(); i += 2) {
            some.add(blocks.get(i));
        }
        return some;
    }

    /** Addresses in the table. */
    private int used() {
        return (int) HeapCheck.read(StrictMappings.class, strict, "used");
    }

    private void give(long block) {
        assertThat(strict.give(block)).isTrue();
    }
}
