package zonal.allocator;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;

/** Uses up the range, which is small here: {@code main(case)}. */
final class SmallAddressSpaceRun {

    private static final int[] SIZES = {100, 1_000, 30_000, 1 << 20};

    /** Threads that are started when the range is there; each needs a mebibyte of addresses for its stack. */
    static final int THREADS = 200;

    private SmallAddressSpaceRun() {}

    public static void main(String[] args) throws InterruptedException {
        ChildJvm.configure();
        Allocator.start();
        System.out.println("reserved=" + (Range.END - Range.BASE));
        switch (args[0]) {
            case "all" -> useUp();
            case "other-stripes" -> otherStripes();
            case "own-bin" -> ownBin();
            case "stale-bounds" -> staleBounds();
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    /** Takes all that there is in blocks of one size, frees them, and does so again, size by size. */
    private static void useUp() throws InterruptedException {
        allButALittle();
        for (int bytes : SIZES) {
            long first = exhaust(bytes);
            HeapCheck.quiet();
            long second = exhaust(bytes);
            HeapCheck.quiet();
            // Not to the block: some lie in magazines, and neighbours may be another kind of free.
            if (first == 0 || second < first - first / 8 - 1_000) {
                throw new AssertionError(bytes + " bytes: " + first + " blocks, and then " + second);
            }
            System.out.println((bytes == 1 << 20 ? "largest=" : "blocks=") + first);
        }
        System.out.println("threads=" + threads());
    }

    /** Takes half of the run area, and then more than the other half, with nothing live. */
    private static void allButALittle() {
        long half = Range.RUNS_SIZE >> 1;
        for (long bytes : new long[] {half, half + half / 4, half + half / 2}) {
            long block = Allocator.tryMalloc(bytes);
            System.out.println("of-area-" + bytes * 8 / Range.RUNS_SIZE + "=" + (block == 0 ? 0 : 1));
            Allocator.tryFree(block);
            HeapCheck.quiet();
        }
    }

    private static int threads() throws InterruptedException {
        CountDownLatch ready = new CountDownLatch(THREADS);
        CountDownLatch end = new CountDownLatch(1);
        for (int i = 0; i < THREADS; i++) {
            new Thread(null, () -> stay(ready, end), "thread", 1 << 20)
                    .start(); // an OutOfMemoryError where there is no room
        }
        ready.await();
        end.countDown();
        return THREADS;
    }

    private static void stay(CountDownLatch ready, CountDownLatch end) {
        ready.countDown();
        Latches.await(end);
    }

    /** Takes blocks, chained through their first bytes, until there are no more; frees them all. Answers how many there were. */
    private static long exhaust(int bytes) {
        long count = 0;
        long last = 0;
        long block;
        // Not all of a large range: the machine's memory is shared.
        while (count * bytes < 300 << 20 && (block = Allocator.tryMalloc(bytes)) != 0) {
            Memory.putLong(block, last);
            last = block;
            count++;
        }
        Blocks.freeChain(last);
        return count;
    }

    /** A full area, of which one thread frees all but a block in each page: other threads, of other stripes, find memory there. */
    private static void otherStripes() throws InterruptedException {
        Thread first = new Thread(() -> {
            Map<Integer, List<Long>> pages = fill(PageArea.FINE, 100);
            pages.values().forEach(blocks -> blocks.stream().skip(1).forEach(Allocator::free));
        });
        first.start();
        first.join();
        CountDownLatch ready = new CountDownLatch(4);
        CountDownLatch end = new CountDownLatch(1);
        LongAdder served = new LongAdder();
        for (long i = ready.getCount(); i > 0; i--) {
            new Thread(() -> {
                        for (int block = 0; block < 1_000; block++) {
                            served.add(Allocator.tryMalloc(100) == 0 ? 0 : 1);
                        }
                        stay(ready, end);
                    })
                    .start();
        }
        ready.await();
        end.countDown();
        System.out.println("served=" + served);
        HeapCheck.quiet();
    }

    /** A full area, in which the pages with room stand behind four others of their bin, whose free runs are shorter. */
    private static void ownBin() {
        int longer = 8_704;
        int shorter = 8_192; // in the same bin
        Map<Integer, List<Long>> pages = fill(PageArea.COARSE, longer, shorter);
        fill(PageArea.COARSE, SizeClasses.MAX);
        List<List<Long>> both = withBoth(pages, longer, shorter);
        for (int page = 0; page < 8; page++) {
            Allocator.free(firstOf(both.get(page), page < 4 ? longer : shorter));
            OwnCache.drain();
        }
        System.out.println("served=" + (Allocator.tryMalloc(longer) == 0 ? 0 : 1));
        HeapCheck.quiet();
    }

    /** A full area, in which more pages than a refill looks at seem to have room, and one behind them has. */
    private static void staleBounds() {
        int bytes = 1_008;
        Map<Integer, List<Long>> pages = fill(PageArea.FINE, bytes, 144);
        List<List<Long>> both = withBoth(pages, bytes, 144);
        Allocator.free(firstOf(both.getFirst(), bytes));
        OwnCache.drain();
        for (int page = 1; page <= 40; page++) {
            Allocator.free(firstOf(both.get(page), bytes));
            Allocator.free(firstOf(both.get(page).reversed(), 144));
            OwnCache.drain();
            // As much as a refill takes, and all of that free run but for some granules; what is left of the page was
            // not looked at.
            Allocator.malloc(496);
            Allocator.malloc(496);
        }
        System.out.println("served=" + (Allocator.tryMalloc(bytes) == 0 ? 0 : 1));
        HeapCheck.quiet();
    }

    /** Takes blocks of these sizes in turn until there are no more, and then such as fit into what is left; answers the former, by page. */
    private static Map<Integer, List<Long>> fill(PageArea area, int... sizes) {
        Map<Integer, List<Long>> pages = new TreeMap<>();
        long block;
        for (int i = 0; (block = Allocator.tryMalloc(sizes[i % sizes.length])) != 0; i++) {
            pages.computeIfAbsent(area.index(block - area.base), page -> new ArrayList<>())
                    .add(block);
        }
        int least = area == PageArea.FINE ? 16 : SizeClasses.FINE_MAX + 1;
        for (int bytes = sizes[0]; bytes >= least; bytes -= 16) {
            while (Allocator.tryMalloc(bytes) != 0) {
                // all of them stay
            }
        }
        OwnCache.drain();
        return pages;
    }

    /** The pages that have blocks of either size. */
    private static List<List<Long>> withBoth(Map<Integer, List<Long>> pages, int one, int other) {
        return pages.values().stream()
                .filter(blocks -> firstOf(blocks, one) != 0 && firstOf(blocks, other) != 0)
                .toList();
    }

    /** The first of these blocks of so many usable bytes, or 0. */
    private static long firstOf(List<Long> blocks, int usable) {
        return blocks.stream()
                .filter(block -> Allocator.usableSize(block) == usable)
                .findFirst()
                .orElse(0L);
    }
}
