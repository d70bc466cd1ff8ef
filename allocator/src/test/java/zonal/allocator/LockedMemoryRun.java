package zonal.allocator;

/** Does what {@link LockedMemoryTest} measures: {@code main(what)}, in a JVM of its own. */
final class LockedMemoryRun {

    private static final int MIB = 1 << 20;

    private LockedMemoryRun() {}

    public static void main(String[] args) throws Exception {
        ChildJvm.configure();
        Allocator.start();
        switch (args[0]) {
            case "all" -> locked();
            case "one" -> lockedOne();
            case "future" -> lockedFuture();
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    /** The application locks all that is mapped, as some do so that their heap is never swapped out. */
    private static void locked() throws InterruptedException {
        takeAndFree(100);
        Housekeeper.purge(Long.MAX_VALUE);
        long small = Allocator.malloc(400); // of a page most of which was never used
        long before = Statistics.read().residentBytes();
        System.out.println(
                "granted=" + (CFunction.bind("mlockall").call(1, 0, 0, 0, 0, 0) == 0 ? 1 : 0)); // MCL_CURRENT
        System.out.println("locked=" + (Statistics.read().residentBytes() - before));
        takeAndFree(20);
        long left = Long.MAX_VALUE;
        for (long end = System.nanoTime() + 10_000_000_000L; left > 10L * MIB && System.nanoTime() < end; ) {
            Thread.sleep(100);
            left = Statistics.read().residentBytes() - before;
        }
        System.out.println("left=" + left);
        long untouched = Allocator.malloc(512L * MIB);
        System.out.println("untouched=" + (Statistics.read().residentBytes() - before));
        Allocator.free(untouched);
        Allocator.free(small);
        HeapCheck.quiet();
    }

    /** One OS page of one block was locked by the application when it freed that, and the blocks around it. */
    private static void lockedOne() throws InterruptedException {
        long[] blocks = Blocks.takeEach(50, MIB);
        long locked = CFunction.bind("mlock").call(blocks[1], SystemCalls.OS_PAGE_SIZE, 0, 0, 0, 0);
        System.out.println("granted=" + (locked == 0 ? 1 : 0));
        Blocks.freeEach(blocks);
        Housekeeper.purge(Long.MAX_VALUE);
        System.out.println("left=" + Statistics.read().residentBytes());
        HeapCheck.quiet();
    }

    /** The application locks all that will ever be mapped; a run that is mapped anew when it is freed is such. */
    private static void lockedFuture() throws InterruptedException {
        System.out.println("granted="
                + (CFunction.bind("mlockall").call(3, 0, 0, 0, 0, 0) == 0 ? 1 : 0)); // MCL_CURRENT | MCL_FUTURE
        takeAndFree(20);
        Housekeeper.purge(Long.MAX_VALUE); // unlocks the range
        long block = Allocator.malloc(16L * MIB);
        Blocks.touch(block, 16L * MIB);
        long behind = Allocator.malloc(MIB);
        long moved = Allocator.realloc(block, 32L * MIB);
        Allocator.free(moved);
        System.out.println("kept=" + ResidentMemory.bytes(moved, 32L * MIB));
        System.out.println("dirty=" + RunHeap.INSTANCE.dirtyBytes());
        Allocator.free(behind);
        HeapCheck.quiet();
    }

    /** So much of small blocks, and as much of runs. */
    private static void takeAndFree(int mib) {
        for (int bytes : new int[] {400, 200_000}) {
            Blocks.freeEach(Blocks.takeEach(mib * MIB / bytes, bytes));
        }
    }
}
