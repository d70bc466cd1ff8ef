package zonal.allocator;

/** Does what {@link LimitsTest} measures: {@code main(what)}, in a JVM of its own. */
final class LimitsRun {

    private static final int MIB = 1 << 20;

    private LimitsRun() {}

    public static void main(String[] args) throws Exception {
        ChildJvm.configure();
        Allocator.start();
        switch (args[0]) {
            case "range" -> System.out.println("area=" + Range.AREA_SIZE);
            case "start" -> System.out.println("mapped=" + Statistics.read().mappedBytes());
            case "full-area" -> fullArea();
            case "strict-among-foreign" -> strictAmongForeign();
            case "mappings" -> mappings(Integer.parseInt(args[1]), Integer.parseInt(args[2]));
            case "moved-mappings" -> movedMappings(Integer.parseInt(args[1]));
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    /** Where the run area is full, all that is free is looked at: a run that is long enough may lie behind many in its bin. */
    private static void fullArea() {
        long bytes = 280L * MIB;
        long longEnough = Allocator.malloc(bytes);
        long[] tooShort = new long[12];
        for (int i = 0; i < tooShort.length; i++) {
            Allocator.malloc(40_000); // so that they don't become one run
            tooShort[i] = Allocator.malloc(258L * MIB);
        }
        Allocator.malloc(40_000);
        for (long size = 512L * MIB; size >= 40_000; ) {
            size = Allocator.tryMalloc(size) == 0 ? size >> 1 : size;
        }
        Allocator.free(longEnough);
        Blocks.freeEach(tooShort);
        System.out.println("found=" + (Allocator.tryMalloc(bytes) == longEnough ? 1 : 0));
        HeapCheck.structure();
    }

    /** Blocks of another allocator's are freed that lie between two live ones of ours. */
    private static void strictAmongForeign() {
        long first = Allocator.malloc(MIB);
        long foreign = SystemCalls.map(MIB);
        long last = Allocator.malloc(MIB);
        System.out.println("between=" + ((foreign > first) != (foreign > last) ? 1 : 0));
        int taken = 0;
        for (long at = 16; at < MIB; at += 32) { // never where one of ours may have begun, which is remembered
            taken += Allocator.tryFree(foreign + at) ? 1 : 0;
        }
        System.out.println("taken=" + taken);
        boolean freed = Allocator.tryFree(first + MIB / 2 + 16);
        boolean resized = Allocator.tryRealloc(last + MIB / 2 + 16, MIB) == Realloc.BAD;
        System.out.println("inside-ours=" + (freed && resized ? 1 : 0));
        System.out.println("bad=" + BadCalls.count());
        System.out.println("behind-ours=" + takenBehind(first));
        HeapCheck.quiet();
        Allocator.free(first);
        Allocator.free(last);
        HeapCheck.quiet();
    }

    /** A block of 1 MiB becomes shorter, OS page by OS page. Answers how many frees were taken of what lies right behind it then, where none began. */
    private static int takenBehind(long block) {
        int taken = 0;
        for (int bytes = MIB - SystemCalls.OS_PAGE_SIZE; bytes >= MIB / 2; bytes -= SystemCalls.OS_PAGE_SIZE) {
            if (Allocator.realloc(block, bytes) != block) {
                throw new AssertionError("it moved");
            }
            taken += isKnown(block + bytes) || !Allocator.tryFree(block + bytes) ? 0 : 1;
        }
        return taken;
    }

    /** Whether a mapping of ours ever began there, as far as is known. */
    private static boolean isKnown(long address) {
        long end = (long) HeapCheck.read(StrictMappings.class, null, "SORTED");
        for (long entry = Range.STRICT_TABLE; entry < end; entry += 16) {
            if (Memory.getLong(entry) == address) {
                return true;
            }
        }
        return false;
    }

    private static void mappings(int count, int bytes) throws InterruptedException {
        long before = SystemView.mappings();
        long[] blocks = new long[count];
        for (int i = 0; i < count; i++) {
            blocks[i] = Allocator.malloc(bytes);
        }
        System.out.println("live=" + (SystemView.mappings() - before));
        for (int i = 0; i < count; i += 2) {
            Allocator.free(blocks[i]);
        }
        System.out.println("half=" + (SystemView.mappings() - before));
        requireThatThreadsStart();
        for (int i = 0; i < count; i += 2) {
            blocks[i] = Allocator.malloc(bytes + (i % 7) * 9_000);
        }
        System.out.println("others=" + (SystemView.mappings() - before));
        Blocks.freeEach(blocks);
        HeapCheck.quiet();
        long left = Long.MAX_VALUE;
        for (int i = 0; i < 60 && left > 1_000; i++) {
            Thread.sleep(50);
            left = SystemView.mappings() - before;
        }
        System.out.println("none=" + left);
    }

    /** Blocks that have to move when they grow. */
    private static void movedMappings(int count) throws InterruptedException {
        long before = SystemView.mappings();
        long runsBefore = SystemView.mappings(Range.RUNS_BASE, Range.END);
        long[] blocks = new long[count];
        for (int i = 0; i < count; i++) {
            blocks[i] = Allocator.malloc(160 << 10);
        }
        for (int i = 0; i < count; i++) {
            Memory.putLong(blocks[i], i);
            blocks[i] = Realloc.moveRun(blocks[i], 320 << 10, 0);
            if (Memory.getLong(blocks[i]) != i) {
                throw new AssertionError("block " + i + " lost its contents");
            }
        }
        System.out.println("live=" + (SystemView.mappings() - before));
        System.out.println("another-may-move=" + (RunMoves.mayMove(RunHeap.index(blocks[count - 1])) ? 1 : 0));
        System.out.println("one-may-move-again=" + (RunMoves.mayMove(RunHeap.index(blocks[0])) ? 1 : 0));
        requireThatThreadsStart();
        Blocks.freeEach(blocks);
        HeapCheck.quiet();
        System.out.println("none=" + (SystemView.mappings() - before));
        System.out.println("none-of-runs=" + (SystemView.mappings(Range.RUNS_BASE, Range.END) - runsBefore));
    }

    private static void requireThatThreadsStart() throws InterruptedException {
        for (int i = 0; i < 20; i++) {
            Thread thread = new Thread(() -> Allocator.free(Allocator.malloc(100_000)));
            thread.start();
            thread.join();
        }
    }
}
