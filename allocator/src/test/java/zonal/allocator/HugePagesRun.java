package zonal.allocator;

/** Does what {@link HugePagesTest} measures: {@code main(what)}, in a JVM of its own. */
final class HugePagesRun {

    private static final int MIB = 1 << 20;

    private HugePagesRun() {}

    public static void main(String[] args) {
        ChildJvm.configure();
        Allocator.start();
        switch (args[0]) {
            case "pages" -> hugePages();
            case "runs" -> hugeRuns();
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static void hugePages() {
        long small = Allocator.malloc(100);
        Memory.putByte(small, (byte) 1);
        long block = Allocator.malloc(64L * MIB);
        Blocks.touch(block, 64L * MIB);
        System.out.println("huge=" + SystemView.smaps("AnonHugePages", Range.BASE, Range.END));
        long mappings = SystemView.mappings(Range.BASE, Range.END);
        Allocator.free(block);
        Housekeeper.purge(Long.MAX_VALUE);
        System.out.println("huge-after=" + SystemView.smaps("AnonHugePages", Range.BASE, Range.END));
        System.out.println("mappings-less=" + (mappings - SystemView.mappings(Range.BASE, Range.END)));
        HeapCheck.quiet();
    }

    /** A block that becomes long where it is, and then short; and more long blocks than huge pages are asked for. */
    private static void hugeRuns() {
        OwnCache.get(); // it keeps short runs, but none that had huge pages when it was long
        Allocator.free(Allocator.malloc(16L * MIB)); // one free run
        long block = Allocator.malloc(MIB);
        long grown = Allocator.realloc(block, 4L * MIB);
        System.out.println("grown=" + (grown == block && hasHugePages(block) ? 1 : 0));
        long shrunk = Allocator.realloc(grown, 100_000);
        HeapCheck.quiet();
        Allocator.free(shrunk);
        HeapCheck.quiet();
        block = Allocator.malloc(MIB);
        Allocator.malloc(64 << 10); // so that it can't grow where it is
        long moved = Allocator.realloc(block, 4L * MIB);
        System.out.println("moved=" + (moved != block && hasHugePages(moved) ? 1 : 0));
        Allocator.free(moved);
        HeapCheck.quiet();
        long[] blocks = new long[1_100];
        for (int round = 0; round < 2; round++) {
            int asked = 0;
            for (int i = 0; i < blocks.length; i++) {
                blocks[i] = Allocator.malloc(2L * MIB);
                asked += hasHugePages(blocks[i]) ? 1 : 0;
            }
            HeapCheck.quiet();
            System.out.println("asked-" + round + "=" + asked);
            Blocks.freeEach(blocks);
            HeapCheck.quiet();
        }
    }

    private static boolean hasHugePages(long block) {
        return (Run.flags(RunHeap.index(block)) & Run.HUGE) != 0;
    }
}
