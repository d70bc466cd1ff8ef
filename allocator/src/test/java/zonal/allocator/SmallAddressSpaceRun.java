package zonal.allocator;

import java.util.concurrent.CountDownLatch;

/** Uses up the range, which is small here, and then all of it again. */
final class SmallAddressSpaceRun {

    private static final int[] SIZES = {100, 1_000, 30_000, 1 << 20};

    /** Threads that are started when the range is there; each needs a mebibyte of addresses for its stack. */
    static final int THREADS = 200;

    private SmallAddressSpaceRun() {}

    public static void main(String[] args) throws InterruptedException {
        ChildJvm.configure();
        Allocator.start();
        System.out.println("reserved=" + (Range.END - Range.BASE));
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
        LimitsRun.await(end);
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
        while (last != 0) {
            long next = Memory.getLong(last);
            Allocator.free(last);
            last = next;
        }
        return count;
    }
}
