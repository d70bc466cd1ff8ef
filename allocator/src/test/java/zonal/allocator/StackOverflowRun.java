package zonal.allocator;

/** Calls the allocator at every depth of a stack that overflows: {@code main(rounds)}, in a JVM of its own. */
final class StackOverflowRun {

    private static final long STACK_BYTES = 512 << 10;
    private static final long[] SIZES = {16, 100, 1_000, 3_000, 30_000, 60_000, 300_000};

    private static long overflows;

    private StackOverflowRun() {}

    public static void main(String[] args) throws InterruptedException {
        ChildJvm.configure();
        Allocator.start();
        long rounds = Long.parseLong(args[0]);
        for (long round = 0; round < rounds; round++) {
            long seed = round;
            Thread thread = new Thread(null, () -> overflow(seed), "overflow", STACK_BYTES);
            thread.start();
            thread.join();
        }
        // Takes every lock of the allocator: one that was left locked would hold it up for ever.
        HeapCheck.structure();
        for (long bytes : SIZES) {
            long block = Allocator.malloc(bytes);
            Stamp.write(block, bytes, 1);
            Stamp.verify(block, bytes, 1);
            Allocator.free(block);
        }
        System.out.println("overflows=" + overflows);
    }

    private static void overflow(long seed) {
        for (int i = 0; i < 20; i++) {
            try {
                deeper(seed + i, 0);
            } catch (StackOverflowError e) {
                overflows++;
            }
        }
    }

    /** A little more than a frame at a time, so that the end comes at another place in the allocator each time. */
    private static long deeper(long seed, int depth) {
        long bytes = SIZES[(int) ((seed + depth) % SIZES.length)];
        long block = Allocator.malloc(bytes);
        long other = Allocator.malloc(bytes + depth % 64);
        block = Allocator.realloc(block, bytes * 2);
        Allocator.free(block);
        Allocator.free(other);
        return depth == Integer.MAX_VALUE ? seed : deeper(seed, depth + 1) + 1;
    }
}
