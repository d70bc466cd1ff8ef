package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Double, interior and wild frees and reallocs are counted and do nothing: no crash, and no damage. Other options: {@link OtherOptionsTest}. */
class BadCallsTest {

    private static final long[] SIZES = {1, 16, 40, 128, 500, 1024, 1025, 5000, 32 << 10, 40_000, 200_000, 3 << 20};

    @Test
    void aSecondFreeIsCountedAndDoesNothing() {
        for (long bytes : SIZES) {
            long block = Allocator.malloc(bytes);
            Allocator.free(block);
            isBad(() -> Allocator.free(block));
            isBad(() -> assertThat(Allocator.tryFree(block)).isTrue());
            isBad(() -> assertThat(Allocator.tryRealloc(block, 50)).isEqualTo(-2));
            isBad(() -> Allocator.realloc(block, bytes));
        }
    }

    @Test
    void aBlockFreedTwiceIsHandedOutOnce() {
        for (long bytes : SIZES) {
            long block = Allocator.malloc(bytes);
            Allocator.free(block);
            isBad(() -> Allocator.free(block));
            List<Long> blocks = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                blocks.add(Allocator.malloc(bytes));
            }
            assertThat(blocks).doesNotHaveDuplicates();
            blocks.forEach(Allocator::free);
        }
    }

    @Test
    void aFreeInsideABlockDoesNothing() {
        for (long bytes : SIZES) {
            long block = Allocator.malloc(bytes);
            Stamp.write(block, bytes, 7);
            long usable = Allocator.usableSize(block);
            for (long inside :
                    new long[] {1, 8, 16, 17, 32, 64, 4096, usable / 2, usable / 2 & -16, usable - 16, usable - 1}) {
                if (inside > 0 && inside < usable) {
                    isBad(() -> Allocator.free(block + inside));
                    isBad(() ->
                            assertThat(Allocator.tryRealloc(block + inside, 99)).isEqualTo(-2));
                    isBad(() -> assertThat(Allocator.tryRealloc(block + inside, 99_999))
                            .isEqualTo(-2));
                }
            }
            Stamp.verify(block, bytes, 7);
            Allocator.free(block);
        }
    }

    /** What is read there as the block's class is the next block's state. By many threads, whose caches lie at many places. */
    @Test
    void aFreeJustBeforeALiveBlockDoesNothing() throws InterruptedException {
        long[] sizes = {500, 2_000, 2_047, 5_000, 32 << 10};
        int threads = 64;
        int perSize = 20;
        AtomicLong ours = new AtomicLong(); // with large=strict, what lies before a mapping may be nobody's
        long before = BadCalls.count();
        for (int i = 0; i < threads; i++) {
            Thread thread = new Thread(() -> {
                for (long bytes : sizes) {
                    long granule = bytes <= 1024 ? 16 : 64;
                    long[] blocks = new long[perSize];
                    Arrays.setAll(blocks, slot -> Allocator.malloc(bytes));
                    for (long block : blocks) {
                        ours.addAndGet(Allocator.tryFree(block - granule) ? 1 : 0);
                    }
                    for (long block : blocks) {
                        Allocator.tryFree(block); // counted as bad, if it were gone
                    }
                }
            });
            thread.start();
            thread.join();
        }
        assertThat(ours.get()).isGreaterThanOrEqualTo((long) threads * perSize);
        assertThat(BadCalls.count() - before).isEqualTo(ours.get());
        HeapCheck.quiet();
    }

    @Test
    void aFreeInsideABlockThatIsGoneDoesNothing() {
        for (long bytes : new long[] {40, 500, 5000, 40_000}) {
            long block = Allocator.malloc(bytes);
            Allocator.free(block);
            if (Range.contains(block)) { // a mapping that is gone is nobody's
                isBad(() -> Allocator.free(block + 16));
                isBad(() -> Allocator.free(block + 32));
            }
        }
    }

    @Test
    void whereNoBlockEverWasNothingIsTouched() {
        for (long wild : wildAddresses()) {
            isBad(() -> assertThat(Allocator.tryFree(wild)).as("%x", wild).isTrue());
            isBad(() -> Allocator.free(wild));
            isBad(() ->
                    assertThat(Allocator.tryRealloc(wild, 10)).as("%x", wild).isEqualTo(-2));
            isBad(() -> assertThat(Allocator.tryRealloc(wild, 1 << 20))
                    .as("%x", wild)
                    .isEqualTo(-2));
            assertThat(Allocator.usableSize(wild)).isZero();
            assertThat(Allocator.isFresh(wild)).isFalse();
        }
    }

    @Test
    void aFreeOutsideTheRangeIsBadForAUserOfTheLibrary() {
        for (long address : new long[] {1, 16, 4096, -1, -16, Long.MIN_VALUE, Range.BASE - 16, Range.END + 16}) {
            isBad(() -> Allocator.free(address));
            isBad(() -> Allocator.realloc(address, 10));
        }
    }

    @Test
    void aReallocThatHasMovedLeavesNothingToFree() {
        long block = Allocator.malloc(40);
        long moved = Allocator.realloc(block, 4_000);
        isBad(() -> Allocator.free(block));
        isBad(() -> Allocator.realloc(block, 50));
        Allocator.free(moved);
    }

    @Test
    void anObserverHearsOfEachInTheThreadThatMadeIt() {
        List<String> heard = new ArrayList<>();
        long block = Allocator.malloc(40);
        Allocator.free(block);
        Allocator.observe(new Observer() {
            @Override
            public void badCall(String call, long address, String reason) {
                Allocator.free(Allocator.malloc(40)); // it may take and free memory itself
                heard.add(Thread.currentThread().getName() + " " + call + " " + (address - block) + ": " + reason);
            }

            @Override
            public void sampled(long sampled, long bytes, long weight) {}
        });
        isBad(() -> Allocator.free(block));
        isBad(() -> assertThat(Allocator.tryRealloc(block + 1, 99)).isEqualTo(-2));
        Allocator.observe(null);
        isBad(() -> Allocator.free(block));
        String thread = Thread.currentThread().getName();
        assertThat(heard)
                .containsExactly(
                        thread + " free 0: the block there is free already (freed twice?)",
                        thread + " realloc 1: no block starts there (blocks are 16-byte aligned)");
    }

    /** In every part of the range, at the borders of what is accessible, and beyond. */
    private static List<Long> wildAddresses() {
        List<Long> wild = new ArrayList<>(List.of(
                Range.BASE,
                Range.CACHE_TABLE,
                Range.CACHES,
                Range.CACHES + 64,
                Range.STRICT_TABLE,
                Range.RUN_MAP,
                Range.FINE_PAGES,
                Range.COARSE_PAGES,
                Range.FINE_MAP,
                Range.COARSE_MAP,
                Range.FINE_BASE - 16,
                Range.END - 1,
                Range.END - 16,
                Range.END - 4096));
        addBorders(wild, Range.FINE_BASE, Range.AREA_SIZE);
        addBorders(wild, Range.COARSE_BASE, Range.AREA_SIZE);
        addBorders(wild, Range.RUNS_BASE, Range.RUNS_SIZE);
        addBorders(wild, Range.FINE_BASE + PageArea.FINE.committed(), 1 << 20);
        addBorders(wild, Range.COARSE_BASE + PageArea.COARSE.committed(), 1 << 20);
        addBorders(
                wild,
                Range.RUNS_BASE + ((long) RunHeap.INSTANCE.committedPages() << SystemCalls.OS_PAGE_SHIFT),
                1 << 20);
        wild.removeIf(address -> Allocator.usableSize(address) != 0);
        return wild;
    }

    private static void addBorders(List<Long> wild, long start, long bytes) {
        for (long distance : new long[] {-4096, -64, -16, -1, 1, 16, 64, 4095, 4096, bytes - 64, bytes - 16}) {
            wild.add(start + distance);
        }
    }

    /** Runs what must be counted as one bad call and change nothing. */
    private static void isBad(Runnable call) {
        Statistics before = Statistics.read();
        call.run();
        Statistics after = Statistics.read();
        assertThat(after.badFreeCount()).isEqualTo(before.badFreeCount() + 1);
        assertThat(after.liveBlocks()).isEqualTo(before.liveBlocks());
        assertThat(after.liveBytes()).isEqualTo(before.liveBytes());
        assertThat(after.foreignFreeCount()).isEqualTo(before.foreignFreeCount());
        HeapCheck.structure();
    }
}
