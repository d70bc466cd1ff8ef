package zonal.allocator;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/** Does what {@link LimitsTest} measures: {@code main(what)}, in a JVM of its own. */
final class LimitsRun {

    private static final int MIB = 1 << 20;

    private LimitsRun() {}

    public static void main(String[] args) throws Exception {
        ChildJvm.configure();
        Allocator.start();
        switch (args[0]) {
            case "trace-strict" -> traceStrict();
            case "strict-among-foreign" -> strictAmongForeign();
            case "trace-packed" -> tracePacked();
            case "trace-purge" -> tracePurge();
            case "realloc" -> growInPlace();
            case "realloc-among-neighbours" -> growAmongNeighbours();
            case "mappings" -> mappings(Integer.parseInt(args[1]), Integer.parseInt(args[2]));
            case "range" -> System.out.println("area=" + Range.AREA_SIZE);
            case "realloc-again" -> growAgain();
            case "full-area" -> fullArea();
            case "shrink" -> shrink(args[1].equals("moved"));
            case "huge-pages" -> hugePages();
            case "huge-runs" -> hugeRuns();
            case "locked" -> locked();
            case "locked-one" -> lockedOne();
            case "locked-future" -> lockedFuture();
            case "idle-threads" -> idleThreads(Integer.parseInt(args[1]));
            case "idle-pool" -> idlePool(Thread.ofPlatform().daemon().stackSize(64 << 10), Integer.parseInt(args[1]));
            case "busy-pool" -> busyPool(Integer.parseInt(args[1]), Integer.parseInt(args[2]));
            case "idle-virtual" -> idlePool(Thread.ofVirtual(), Integer.parseInt(args[1]));
            case "start" -> System.out.println("mapped=" + Statistics.read().mappedBytes());
            case "moved-mappings" -> movedMappings(Integer.parseInt(args[1]));
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    // ---- system calls: strace prints what lies between two marks, calls that nobody else makes

    /** An address that only a mark unmaps; the kernel refuses it. */
    private static void mark(int number) {
        if (number == 1) {
            System.out.println("base=" + Range.BASE);
            System.out.println("end=" + Range.END);
        }
        SystemCalls.unmap(number, 1);
    }

    private static void traceStrict() {
        long[] blocks = new long[64];
        for (int round = 0; round < 30; round++) {
            traceStrictOnce(blocks);
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
        freeEach(blocks);
        mark(4);
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
        boolean freed = Allocator.tryFree(first + MIB / 2);
        boolean resized = Allocator.tryRealloc(last + MIB / 2, MIB) == Realloc.BAD;
        System.out.println("inside-ours=" + (freed && resized ? 1 : 0));
        System.out.println("bad=" + BadCalls.count());
        HeapCheck.quiet();
        Allocator.free(first);
        Allocator.free(last);
        HeapCheck.quiet();
    }

    private static void traceStrictOnce(long[] blocks) {
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = Allocator.realloc(Allocator.malloc(2_000 + i * 1_000L), 200_000 + i * 1_000L);
        }
        freeEach(blocks);
    }

    private static void tracePacked() {
        for (int round = 0; round < 400; round++) {
            churn();
        }
        mark(1);
        for (int round = 0; round < 400; round++) {
            churn();
        }
        mark(2);
    }

    private static void tracePurge() {
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
        while (last != 0) {
            long next = Memory.getLong(last);
            Allocator.free(last);
            last = next;
        }
    }

    // ---- realloc

    private static void growInPlace() {
        Allocator.free(Allocator.realloc(Allocator.malloc(16 * MIB), 128L * MIB));
        printGrowth(Allocator.malloc(16 * MIB));
    }

    private static void growAmongNeighbours() {
        Allocator.free(Allocator.realloc(Allocator.malloc(16 * MIB), 128L * MIB));
        long block = Allocator.malloc(16 * MIB);
        long neighbour = Allocator.malloc(16 * MIB);
        printGrowth(block);
        Allocator.free(neighbour);
    }

    private static void printGrowth(long block) {
        fill(block, 0, 16 * MIB);
        long faults = SystemView.minorFaults();
        long rss = SystemView.statusKib("VmRSS");
        long grown = Allocator.realloc(block, 128L * MIB);
        System.out.println("faults=" + (SystemView.minorFaults() - faults));
        System.out.println("kib=" + (SystemView.statusKib("VmRSS") - rss));
        requireFilled(grown, 16 * MIB);
        Memory.putByte(grown + 127L * MIB, (byte) 1);
        Allocator.free(grown);
    }

    private static void fill(long block, long from, long to) {
        for (long at = from; at < to; at += 4096) {
            Memory.putLong(block + at, at);
        }
    }

    private static void requireFilled(long block, long to) {
        for (long at = 0; at < to; at += 4096) {
            if (Memory.getLong(block + at) != at) {
                throw new AssertionError("byte " + at + " was lost");
            }
        }
    }

    /** Moves one block twice, and makes sure that its neighbour is in the way each time. */
    private static void growAgain() {
        growAmongNeighbours();
        long block = Allocator.malloc(8 * MIB);
        fill(block, 0, 8 * MIB);
        long written = 8 * MIB;
        for (long bytes = 32L * MIB; bytes <= 128L * MIB; bytes <<= 1) {
            // Between two steps the block is filled to its end, and what it could grow into is taken.
            long faults = SystemView.minorFaults();
            long old = block;
            block = Allocator.realloc(block, bytes);
            System.out.println("faults-" + (bytes >> 20) + "=" + (SystemView.minorFaults() - faults));
            System.out.println("moved-" + (bytes >> 20) + "=" + (block == old ? 0 : 1));
            requireFilled(block, written);
            fill(block, written, bytes);
            written = bytes;
            int behind = RunHeap.index(block + bytes);
            if (behind < RunHeap.INSTANCE.committedPages() && Run.kind(behind) == Run.CLEAN) {
                Allocator.malloc((long) Run.length(behind) << SystemCalls.OS_PAGE_SHIFT);
            }
        }
        HeapCheck.quiet();
        Allocator.free(block);
        HeapCheck.quiet();
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
        freeEach(tooShort);
        System.out.println("found=" + (Allocator.tryMalloc(bytes) == longEnough ? 1 : 0));
        HeapCheck.structure();
    }

    /** Shrinks a block that was written to its end. */
    private static void shrink(boolean moved) {
        long block = Allocator.malloc(16L * MIB);
        long neighbour = Allocator.malloc(16L * MIB);
        block = Allocator.realloc(block, moved ? 64L * MIB : 16L * MIB);
        long bytes = moved ? 64L * MIB : 16L * MIB;
        fill(block, 0, bytes);
        long before = Statistics.read().residentBytes();
        block = Allocator.realloc(block, MIB);
        Housekeeper.purge(Long.MAX_VALUE);
        System.out.println("given-back=" + (before - Statistics.read().residentBytes()));
        requireFilled(block, MIB);
        HeapCheck.quiet();
        Allocator.free(block);
        Allocator.free(neighbour);
        HeapCheck.quiet();
    }

    /** One OS page of one block was locked by the application when it freed that, and the blocks around it. */
    private static void lockedOne() throws InterruptedException {
        long[] blocks = takeEach(50, MIB);
        long locked = CFunction.bind("mlock").call(blocks[1], SystemCalls.OS_PAGE_SIZE, 0, 0, 0, 0);
        System.out.println("granted=" + (locked == 0 ? 1 : 0));
        freeEach(blocks);
        Housekeeper.purge(Long.MAX_VALUE);
        System.out.println("left=" + Statistics.read().residentBytes());
        HeapCheck.quiet();
    }

    private static void hugePages() {
        long small = Allocator.malloc(100);
        Memory.putByte(small, (byte) 1);
        long block = Allocator.malloc(64L * MIB);
        touch(block, 64L * MIB);
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
        Allocator.free(Allocator.malloc(16L * MIB)); // one free run
        long block = Allocator.malloc(MIB);
        long grown = Allocator.realloc(block, 4L * MIB);
        System.out.println("grown=" + (grown == block && hasHugePages(block) ? 1 : 0));
        long shrunk = Allocator.realloc(grown, 100_000);
        HeapCheck.quiet();
        Allocator.free(shrunk);
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
            freeEach(blocks);
            HeapCheck.quiet();
        }
    }

    private static boolean hasHugePages(long block) {
        return (Run.flags(RunHeap.index(block)) & Run.HUGE) != 0;
    }

    // ---- locked memory

    /** The application locks all that is mapped, as some do so that their heap is never swapped out. */
    private static void locked() throws InterruptedException {
        Allocator.start();
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

    /** The application locks all that will ever be mapped; a run that is mapped anew when it is freed is such. */
    private static void lockedFuture() throws InterruptedException {
        System.out.println("granted="
                + (CFunction.bind("mlockall").call(3, 0, 0, 0, 0, 0) == 0 ? 1 : 0)); // MCL_CURRENT | MCL_FUTURE
        takeAndFree(20);
        Housekeeper.purge(Long.MAX_VALUE); // unlocks the range
        long block = Allocator.malloc(16L * MIB);
        touch(block, 16L * MIB);
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
            freeEach(takeEach(mib * MIB / bytes, bytes));
        }
    }

    // ---- threads

    /** Threads that take a little and stay, and then end. */
    private static void idleThreads(int count) throws InterruptedException {
        CountDownLatch ready = new CountDownLatch(count);
        CountDownLatch end = new CountDownLatch(1);
        long before = Statistics.read().residentBytes();
        Thread[] threads = new Thread[count];
        for (int i = 0; i < count; i++) {
            threads[i] = new Thread(null, () -> takeALittle(ready, end), "idle", 64 << 10);
            threads[i].start();
        }
        ready.await();
        Statistics idle = Statistics.read();
        System.out.println("live=" + idle.liveBytes());
        System.out.println("held=" + (idle.residentBytes() - before - idle.liveBytes()));
        System.out.println("cached=" + idle.threadCacheBytes());
        end.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        Statistics ended = awaitEmptyCaches(before + 16 * MIB);
        System.out.println("ended-live=" + ended.liveBytes());
        System.out.println("ended-held=" + (ended.residentBytes() - before));
        System.out.println("ended-cached=" + ended.threadCacheBytes());
        HeapCheck.quiet();
    }

    /** Threads that each use sizes up to 32 KiB, and a run, for once, and then stay. */
    private static void idlePool(Thread.Builder builder, int count) throws InterruptedException {
        CountDownLatch ready = new CountDownLatch(count);
        CountDownLatch end = new CountDownLatch(1);
        long before = Statistics.read().residentBytes();
        for (int i = 0; i < count; i++) {
            builder.start(() -> useEachSizeOnce(ready, end));
        }
        ready.await();
        long tick = Housekeeper.now();
        System.out.println("cached=" + Statistics.read().threadCacheBytes());
        Statistics idle = awaitEmptyCaches(before + 4 * MIB);
        System.out.println("left-cached=" + idle.threadCacheBytes());
        System.out.println("left-held=" + (idle.residentBytes() - before));
        System.out.println("decays=" + (Housekeeper.now() - tick) / Housekeeper.IDLE_TICKS);
        HeapCheck.quiet();
        end.countDown();
    }

    /** Threads that each use sizes up to 32 KiB, and a run, for once, and then go on with one size. */
    private static void busyPool(int count, int bytes) throws InterruptedException {
        CountDownLatch ready = new CountDownLatch(count);
        long before = Statistics.read().residentBytes();
        for (int i = 0; i < count; i++) {
            Thread.ofPlatform().daemon().start(() -> {
                useEachSizeOnce(ready, new CountDownLatch(0));
                while (true) {
                    useOnce(bytes);
                    LockSupport.parkNanos(1_000_000);
                }
            });
        }
        ready.await();
        long tick = Housekeeper.now();
        System.out.println("cached=" + Statistics.read().threadCacheBytes());
        Statistics busy = Statistics.read();
        while (busy.threadCacheBytes() > count * (bytes + 1_024L) || busy.residentBytes() > before + 4 * MIB) {
            Thread.sleep(100);
            busy = Statistics.read();
        }
        System.out.println("decays=" + (Housekeeper.now() - tick) / Housekeeper.IDLE_TICKS);
    }

    private static void useEachSizeOnce(CountDownLatch ready, CountDownLatch end) {
        for (int bytes = 512; bytes <= 32 << 10; bytes += 512) {
            useOnce(bytes);
        }
        useOnce(100_000);
        ready.countDown();
        await(end);
    }

    private static void useOnce(int bytes) {
        long block = Allocator.malloc(bytes);
        touch(block, bytes);
        Allocator.free(block);
    }

    private static void takeALittle(CountDownLatch ready, CountDownLatch end) {
        long[] blocks = new long[20];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = Allocator.malloc(50L * (i + 1));
            Memory.putByte(blocks[i], (byte) 1);
        }
        for (int i = 0; i < blocks.length; i += 2) {
            Allocator.free(blocks[i]);
        }
        ready.countDown();
        await(end);
        for (int i = 1; i < blocks.length; i += 2) {
            Allocator.free(blocks[i]);
        }
    }

    /** Waits, ten seconds at most, until thread caches hold nothing and no more than {@code mostResident} bytes are resident; answers what there is then. */
    private static Statistics awaitEmptyCaches(long mostResident) throws InterruptedException {
        Statistics now = Statistics.read();
        for (int i = 0; i < 100 && (now.threadCacheBytes() > 0 || now.residentBytes() > mostResident); i++) {
            Thread.sleep(100);
            now = Statistics.read();
        }
        return now;
    }

    static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Writes to each OS page of a block. */
    static void touch(long block, long bytes) {
        for (long at = 0; at < bytes; at += SystemCalls.OS_PAGE_SIZE) {
            Memory.putByte(block + at, (byte) 1);
        }
    }

    /** So many blocks of {@code bytes}, written to. */
    static long[] takeEach(int count, int bytes) {
        long[] blocks = new long[count];
        for (int i = 0; i < count; i++) {
            blocks[i] = Allocator.malloc(bytes);
            touch(blocks[i], bytes);
        }
        return blocks;
    }

    static void freeEach(long[] blocks) {
        for (long block : blocks) {
            Allocator.free(block);
        }
    }

    // ---- mappings

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
        for (int i = 0; i < count; i++) {
            Allocator.free(blocks[i]);
        }
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
        requireThatThreadsStart();
        freeEach(blocks);
        HeapCheck.quiet();
        System.out.println("none=" + (SystemView.mappings() - before));
    }

    private static void requireThatThreadsStart() throws InterruptedException {
        for (int i = 0; i < 20; i++) {
            Thread thread = new Thread(() -> Allocator.free(Allocator.malloc(100_000)));
            thread.start();
            thread.join();
        }
    }
}
