package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
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

    /** A block that moves leaves an address behind, as one that is freed does. */
    @Test
    void whereBlocksOnlyMoveAddressesAreForgottenToo() {
        long[] live = new long[MOST_LIVE];
        long bytes = Malloc.PAGED_MAX + 1L; // what becomes shorter is no mapping
        Arrays.setAll(live, i -> strict.take(Malloc.PAGED_MAX + 1L));
        int before;
        do {
            before = used();
            Arrays.sort(live); // each grows while its neighbour is still in its way
            bytes = 2 * bytes
                    + SystemCalls.OS_PAGE_SIZE; // and leaves a hole into which others fit elsewhere than it did
            for (int i = 0; i < live.length; i++) {
                live[i] = strict.resize(live[i], bytes);
            }
            assertThat(used()).isLessThanOrEqualTo(mostUsed());
        } while (used() >= before);
        assertThat(Arrays.stream(live)).allMatch(block -> strict.usableSize(block) > 0);
        Arrays.stream(live).forEach(this::give);
        HeapCheck.quiet();
    }

    @Test
    void whatIsResizedIsNotTakenOnceMore() {
        long block = strict.take(Malloc.PAGED_MAX + 1L);
        long taken = strict.taken();
        long resized = strict.resize(block, 10L * Malloc.PAGED_MAX);
        assertThat(strict.usableSize(resized)).isGreaterThanOrEqualTo(10L * Malloc.PAGED_MAX);
        assertThat(strict.taken()).isEqualTo(taken);
        give(resized);
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

    private int mostUsed() {
        return (int) HeapCheck.read(StrictMappings.class, strict, "MOST_USED");
    }

    private void give(long block) {
        assertThat(strict.give(block)).isTrue();
    }
}
