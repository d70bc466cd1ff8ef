package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SurveyTest {

    private static final long BYTES = 64 << 20;

    @Test
    void aPartOfTheRunAreaIsFullThenEmptyThenNotEvenInMemory() {
        Allocator.start();
        long block = Allocator.malloc(BYTES);
        long part = part(block + BYTES / 2);
        Memory.zero(block, BYTES);
        Memory.putByte(block + BYTES / 2, (byte) 1);
        assertThat(livePercent(part)).isEqualTo(100);
        Allocator.free(block);
        assertThat(livePercent(part)).isIn(0, Survey.PageMap.NOT_IN_MEMORY);
        Housekeeper.purge(Long.MAX_VALUE);
        assertThat(livePercent(part)).isEqualTo(Survey.PageMap.NOT_IN_MEMORY);
    }

    private static long part(long address) {
        return (address - Range.RUNS_BASE) / runs().pageBytes();
    }

    private static int livePercent(long part) {
        return runs().livePercent().get((int) part);
    }

    private static Survey.PageMap runs() {
        return Survey.read(0).maps().stream()
                .filter(Survey.PageMap::runs)
                .findFirst()
                .orElseThrow();
    }
}
