package zonal.allocator;

/** Does what {@link TraceTest} measures: {@code main(what)}, in a JVM of its own. */
final class TraceRun {

    private static final int MIB = 1 << 20;

    private TraceRun() {}

    public static void main(String[] args) {
        ChildJvm.configure();
        Allocator.start();
        switch (args[0]) {
            case "strict" -> strict();
            case "packed" -> packed();
            case "purge" -> purge();
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    /** A call that nobody else makes, so that what {@code strace} prints between two is known: the kernel refuses to unmap such an address. */
    private static void mark(int number) {
        if (number == 1) {
            System.out.println("base=" + Range.BASE);
            System.out.println("end=" + Range.END);
        }
        SystemCalls.unmap(number, 1);
    }

    private static void strict() {
        long[] blocks = new long[64];
        for (int round = 0; round < 30; round++) {
            strictOnce(blocks);
        }
        mark(1);
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = Allocator.malloc(2_000 + i * 1_000L);
        }
        mark(2);
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = Allocator.realloc(blocks[i], 200_000 + i * 1_000L);
        }
        mark(3);
        Blocks.freeEach(blocks);
        mark(4);
    }

    private static void strictOnce(long[] blocks) {
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = Allocator.realloc(Allocator.malloc(2_000 + i * 1_000L), 200_000 + i * 1_000L);
        }
        Blocks.freeEach(blocks);
    }

    private static void packed() {
        for (int round = 0; round < 400; round++) {
            churn();
        }
        mark(1);
        for (int round = 0; round < 400; round++) {
            churn();
        }
        mark(2);
    }

    private static void purge() {
        takeAndFree(400, 64 * MIB / 400);
        OwnCache.drain();
        mark(1);
        Housekeeper.purge(Long.MAX_VALUE);
        mark(2);
    }

    private static void churn() {
        for (long bytes : new long[] {1, 100, 1_000, 5_000, 30_000, 100_000, 3 * MIB}) {
            takeAndFree(bytes + 16, 10);
        }
    }

    private static void takeAndFree(long bytes, int count) {
        long last = 0;
        for (int i = 0; i < count; i++) {
            long block = Allocator.malloc(bytes);
            Memory.putLong(block, last);
            last = block;
        }
        Blocks.freeChain(last);
    }
}
