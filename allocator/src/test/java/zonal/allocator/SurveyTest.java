package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
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

    @Test
    void aBlockCountsInTheBinOfItsSizeWithWhatWasAskedForAndWhatItHolds() {
        for (long bytes : new long[] {1, 2, 3, 4, 5, 64, 65, 128, 129, 2_048, 2_049, 40_000, 3 << 20}) {
            long most = bytes == 1 ? 1 : Long.highestOneBit(bytes - 1) << 1;
            Survey.SizeBin before = bin(most);
            long block = Allocator.malloc(bytes);
            Survey.SizeBin after = bin(most);
            long usable = Allocator.usableSize(block);
            Allocator.free(block);
            assertThat(after)
                    .isEqualTo(new Survey.SizeBin(
                            most, before.blocks() + 1, before.requested() + bytes, before.usable() + usable));
        }
    }

    private static Survey.SizeBin bin(long most) {
        return Survey.read(0).sizes().stream()
                .filter(bin -> bin.most() == most)
                .findFirst()
                .orElse(new Survey.SizeBin(most, 0, 0, 0));
    }

    @Test
    void theLargestBlocksComeFirstAndTheirSamplesWithThem() {
        beSampledAsEver();
        long[] sizes = {192 << 20, 160 << 20, 128 << 20, 96 << 20, 64 << 20};
        long[] blocks = LongStream.of(sizes).map(Allocator::malloc).toArray();
        for (int most = 0; most <= sizes.length; most++) {
            List<Survey.LargeBlock> largest = Survey.read(most).largest();
            assertThat(largest)
                    .extracting(Survey.LargeBlock::bytes)
                    .containsExactlyElementsOf(
                            LongStream.of(sizes).limit(most).boxed().toList());
            for (int i = 0; i < most; i++) {
                assertThat(largest.get(i).address()).isEqualTo(blocks[i]);
                assertThat(largest.get(i).zone()).isEqualTo("LARGE");
                assertThat(largest.get(i).sample()) // so large a block is sampled for sure
                        .isNotNull()
                        .satisfies(sample -> assertThat(sample.thread())
                                .isEqualTo(Thread.currentThread().getName()));
            }
        }
        LongStream.of(blocks).forEach(Allocator::free);
    }

    /** As in an application whose memory is all of equal segments, few of which are sampled. */
    @Test
    void ofBlocksOfOneSizeThoseThatWereSampledAreTold() {
        beSampledAsEver();
        long bytes = (32 << 10) - 77; // no other test has this size
        Survey before = Survey.read(1_000);
        int larger = (int)
                before.largest().stream().filter(block -> block.bytes() > bytes).count();
        List<Long> sampled = new ArrayList<>();
        List<Long> others = new ArrayList<>();
        while (sampled.size() < 10 || others.size() < 10) {
            long block = Allocator.malloc(bytes);
            (Sampler.at(block) == null ? others : sampled).add(block);
        }
        assertThat(others).hasSizeGreaterThan(sampled.size());
        List<Survey.LargeBlock> largest = Survey.read(larger + sampled.size()).largest();
        assertThat(largest.subList(larger, largest.size()))
                .extracting(Survey.LargeBlock::address)
                .containsExactlyElementsOf(sampled.stream().sorted().toList());
        assertThat(largest.subList(larger, largest.size()))
                .extracting(Survey.LargeBlock::sample)
                .doesNotContainNull();
        sampled.forEach(Allocator::free);
        others.forEach(Allocator::free);
    }

    /** Where other tests have requested gigabytes, less is sampled for a moment, and later still of what the thread requests next. */
    private static void beSampledAsEver() {
        long cache = OwnCache.get();
        while (Sampler.step() > 0) {
            SystemCalls.sleepMicros(10_000);
        }
        Memory.putLong(cache + ThreadCache.RUN_INTERVAL, Malloc.newRunInterval());
    }

    /** Pages of both kinds, which lie apart. */
    @Test
    void aPageIsAsFullAsItsLiveBlocksMakeItRoundedUp() {
        Allocator.start();
        for (long bytes : new long[] {128, 1_024, 16 << 10}) {
            PageArea area = bytes > Options.current().small() ? PageArea.COARSE : PageArea.FINE;
            long page = 1L << area.pageShift;
            List<Long> blocks = new ArrayList<>();
            // Until one of the pages has no other blocks: some may have those of other tests.
            Map<Integer, Integer> inPage = new HashMap<>();
            long last;
            do {
                last = Allocator.malloc(bytes);
                blocks.add(last);
            } while (inPage.merge(area.index(last - area.base), 1, Integer::sum) < page / bytes);
            assertThat(percent(area, last)).isEqualTo(100);
            blocks.removeLast();
            blocks.forEach(Allocator::free);
            assertThat(percent(area, last)).isEqualTo((int) Math.ceilDiv(100 * bytes, page));
            Allocator.free(last);
        }
    }

    /** What is said of the page of an address. */
    private static int percent(PageArea area, long address) {
        int page = (int) ((address - area.data(0)) >>> area.pageShift);
        Zone zone = PageHeap.all()[area.owner(page)].zone;
        int before = 0;
        for (int i = 0; i < page; i++) {
            if (area.owner(i) != Page.FREE_PAGE && PageHeap.all()[area.owner(i)].zone == zone) {
                before++;
            }
        }
        return Survey.read(0).maps().stream()
                .filter(map -> !map.runs() && map.zone().equals(zone.name()) && map.pageBytes() == 1L << area.pageShift)
                .findFirst()
                .orElseThrow()
                .livePercent()
                .get(before);
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
