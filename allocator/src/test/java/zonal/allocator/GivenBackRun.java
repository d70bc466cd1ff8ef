package zonal.allocator;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Does what {@link GivenBackTest} measures: {@code main(what)}, in a JVM of its own. */
final class GivenBackRun {

    private static final int MIB = 1 << 20;

    /** Of 50 ms each. */
    private static final int MOST_LOOKS_IN_VAIN = 60;

    private static final int MOST_LOOKS_FOR_A_TICK = 400;

    private static final long SEED = 7;

    private GivenBackRun() {}

    public static void main(String[] args) throws Exception {
        ChildJvm.configure();
        Allocator.start();
        switch (args[0]) {
            case "resident" ->
                resident(
                        Integer.parseInt(args[1]),
                        Long.parseLong(args[2]) * MIB,
                        Long.parseLong(args[3]),
                        args[4].equals("shuffled"));
            case "resident-parts" ->
                residentParts(Integer.parseInt(args[1]), Integer.parseInt(args[2]) * MIB, Integer.parseInt(args[3]));
            case "growth-in-turn" -> growthInTurn(Long.parseLong(args[1]), Integer.parseInt(args[2]));
            case "sparse" -> sparse(Integer.parseInt(args[1]));
            case "half-written" -> halfWritten(Integer.parseInt(args[1]));
            case "long-blocks" -> longBlocks(Integer.parseInt(args[1]));
            case "run-map" -> runMap(Integer.parseInt(args[1]), Integer.parseInt(args[2]));
            case "busy-parts" -> busyParts();
            case "beside" -> beside();
            case "comb" -> comb(false);
            case "comb-grown" -> comb(true);
            case "shrunk" -> shrunk();
            case "needed-again" -> neededAgain();
            case "needed-in-part" -> neededInPart();
            case "needed-no-more" -> neededNoMore();
            case "too-long" -> freeTooLong(Long.parseLong(args[1]) * MIB);
            case "short-blocks" -> freeShortBlocks();
            case "at-work" -> freeMuchAtWork();
            case "oldest" -> freeOverTheLimit();
            case "late-frees" -> lateFrees(Integer.parseInt(args[1]));
            case "steady" -> steady(Integer.parseInt(args[1]), Integer.parseInt(args[2]), Integer.parseInt(args[3]));
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    // ---- what was freed

    private static void resident(int bytes, long total, long mostMib, boolean shuffled) throws InterruptedException {
        long[] blocks = new long[(int) (total / bytes)];
        fillAndFree(blocks, 4 * MIB / bytes, bytes, shuffled);
        long before = SystemView.statusKib("VmRSS");
        long heldBefore = Statistics.read().residentBytes();
        fillAndFree(blocks, blocks.length, bytes, shuffled);
        long peak = SystemView.statusKib("VmHWM");
        long after = Long.MAX_VALUE;
        long held = Long.MAX_VALUE;
        for (int inVain = 0; inVain < MOST_LOOKS_IN_VAIN && ((after - before) / 1024 >= mostMib || held > 1024); ) {
            Thread.sleep(50);
            long lessBefore = held;
            after = Math.min(after, SystemView.statusKib("VmRSS"));
            held = (Statistics.read().residentBytes() - heldBefore) / 1024;
            inVain = held < lessBefore ? 0 : inVain + 1; // a busy machine gets the time it needs
        }
        System.out.println("peak=" + (peak - before) / 1024);
        System.out.println("left=" + (after - before) / 1024);
        System.out.println("held=" + held);
    }

    private static void fillAndFree(long[] blocks, int count, int bytes, boolean shuffled) {
        for (int i = 0; i < count; i++) {
            blocks[i] = Allocator.malloc(bytes);
            for (long at = 0; at < bytes; at += 4096) {
                Memory.putLong(blocks[i] + at, 1);
            }
            Memory.putLong(blocks[i] + bytes - 8, 1);
        }
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = count - 1; i >= 0; i--) {
            int other = shuffled ? random.nextInt(i + 1) : i;
            Allocator.free(blocks[other]);
            blocks[other] = blocks[i];
        }
    }

    /** Frees all blocks but every so many: pages stay in use. */
    private static void residentParts(int bytes, int total, int every) throws InterruptedException {
        long[] blocks = new long[total / bytes];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = Allocator.malloc(bytes);
            Memory.putLong(blocks[i], i);
            Memory.putLong(blocks[i] + bytes - 8, i);
        }
        ZoneStatistics full = Statistics.read().zones().get(1);
        for (int i = 0; i < blocks.length; i++) {
            if (i % every != 0) {
                Allocator.free(blocks[i]);
            }
        }
        ZoneStatistics left = full;
        for (int i = 0; i < 60 && left.residentBytes() >= (long) blocks.length / every * 2 * 4096; i++) {
            Thread.sleep(50);
            left = Statistics.read().zones().get(1);
        }
        System.out.println("pages=" + left.pages());
        System.out.println("full=" + full.residentBytes());
        System.out.println("left=" + left.residentBytes());
        for (int i = 0; i < blocks.length; i += every) {
            if (Memory.getLong(blocks[i]) != i || Memory.getLong(blocks[i] + bytes - 8) != i) {
                throw new AssertionError("block " + i + " lost its contents");
            }
        }
        HeapCheck.quiet();
    }

    // ---- what will be needed again

    /** Replaces blocks at random, for many times the decay: always as many live, and none of their memory idle for long. */
    private static void steady(int slots, int most, int replacements) {
        SplittableRandom random = new SplittableRandom(SEED);
        long[] blocks = new long[slots];
        printFaults(() -> replace(blocks, most, random, replacements));
    }

    /** Does something twice, once to warm up, and prints the page faults of the second time, and how many decays have begun in it. */
    private static void printFaults(Runnable work) {
        work.run();
        long begin = Housekeeper.now();
        long faults = SystemView.minorFaults();
        work.run();
        System.out.println("faults=" + (SystemView.minorFaults() - faults));
        System.out.println("decays=" + (1 + (Housekeeper.now() - begin) / Housekeeper.DECAY_TICKS));
    }

    private static void replace(long[] blocks, int most, SplittableRandom random, int replacements) {
        for (int i = 0; i < replacements; i++) {
            int slot = random.nextInt(blocks.length);
            Allocator.free(blocks[slot]);
            int bytes = 1 + random.nextInt(1 + random.nextInt(most));
            blocks[slot] = Allocator.malloc(bytes);
            Blocks.touch(blocks[slot], bytes);
        }
    }

    /** Blocks of 5 to 25 MiB, 300 MiB in all, of which few OS pages are written to, are replaced. */
    private static void sparse(int replacements) {
        SplittableRandom random = new SplittableRandom(SEED);
        long[] blocks = new long[20];
        printFaults(() -> {
            for (int i = 0; i < replacements; i++) {
                int slot = random.nextInt(blocks.length);
                Allocator.free(blocks[slot]);
                blocks[slot] = Allocator.malloc((5 + random.nextInt(20)) * (long) MIB);
                Memory.putByte(blocks[slot], (byte) 1);
            }
        });
        System.out.println("resident=" + Statistics.read().residentBytes());
    }

    /** Blocks of 8 MiB whose first half is written to, all freed at the end. */
    private static void halfWritten(int count) {
        long bytes = 8L * MIB;
        long[] blocks = new long[count];
        for (int i = 0; i < count; i++) {
            blocks[i] = Allocator.malloc(bytes);
            Allocator.malloc(64 << 10); // so that they don't become one run
            Blocks.touch(blocks[i], bytes / 2);
        }
        Blocks.freeEach(blocks);
        System.out.println("kept=" + Statistics.read().cachedBytes());
        System.out.println("told=" + RunHeap.INSTANCE.dirtyBytes());
    }

    /** Batches of 64 MiB, each freed after some others were taken, as the garbage collector does with buffers; then all are free for a moment. */
    private static void lateFrees(int rounds) {
        long[] blocks = new long[64];
        long[] early = new long[4];
        takeEach(blocks);
        long faults = 0;
        for (int round = 0; round < rounds + 2; round++) {
            if (round == 2) {
                faults = SystemView.minorFaults();
            }
            takeEach(early);
            Blocks.freeEach(blocks);
            Blocks.freeEach(early);
            takeEach(blocks);
        }
        System.out.println("faults=" + (SystemView.minorFaults() - faults));
        Blocks.freeEach(blocks);
        printKept();
    }

    /** Prints what is kept now, and what after two ticks of the daemon that find the same free memory. */
    private static void printKept() {
        System.out.println("kept=" + RunHeap.INSTANCE.dirtyBytes());
        RunHeap.INSTANCE.purgeUnneeded();
        RunHeap.INSTANCE.purgeUnneeded();
        System.out.println("kept-longer=" + RunHeap.INSTANCE.dirtyBytes());
    }

    /** Replaces blocks of 1 to 8 MiB, all written to: 180 MiB, now more and now less. Then a fourth of them is freed. */
    private static void longBlocks(int replacements) {
        SplittableRandom random = new SplittableRandom(SEED);
        long[] blocks = new long[40];
        printFaults(() -> {
            for (int i = 0; i < replacements; i++) {
                int slot = random.nextInt(blocks.length);
                Allocator.free(blocks[slot]);
                long bytes = MIB + random.nextLong(7L * MIB);
                blocks[slot] = Allocator.malloc(bytes);
                Blocks.touch(blocks[slot], bytes);
            }
        });
        Blocks.freeEach(Arrays.copyOf(blocks, blocks.length / 4));
        printKept();
    }

    /** Takes and frees blocks of the run area, three times, and sees how much of its page map is in memory then. */
    private static void runMap(int bytes, int count) {
        long full = 0;
        for (int round = 0; round < 3; round++) {
            long[] blocks = new long[count];
            for (int i = 0; i < count; i++) {
                blocks[i] = Allocator.malloc(bytes);
            }
            full = Statistics.read().metadataBytes();
            Blocks.freeEach(blocks);
            CacheTable.drainMine();
            Housekeeper.purge(Long.MAX_VALUE);
        }
        System.out.println("full=" + full);
        System.out.println("left=" + Statistics.read().metadataBytes());
        HeapCheck.quiet();
    }

    /** Frees all blocks but every hundredth, and takes and frees one in each page all the time. */
    private static void busyParts() throws InterruptedException {
        long[] blocks = Blocks.takeEach(50_000, 400);
        System.out.println("full=" + Statistics.read().zones().get(1).residentBytes());
        for (int i = 0; i < blocks.length; i++) {
            if (i % 100 != 0) {
                Allocator.free(blocks[i]);
            }
        }
        CacheTable.drainMine();
        PageHeap heap = PageHeap.of(0, SizeClasses.of(400));
        for (long until = Housekeeper.now() + 3 * Housekeeper.DECAY_TICKS; Housekeeper.now() < until; ) {
            for (int i = 0; i < PageArea.FINE.pageCount(); i++) {
                if (PageArea.FINE.owner(i) == heap.index) {
                    Page.setTime(PageArea.FINE.page(i), Housekeeper.now()); // as a block that is freed there does
                }
            }
            Thread.sleep(1);
        }
        System.out.println("left=" + Statistics.read().zones().get(1).residentBytes());
        HeapCheck.quiet();
    }

    /** Frees a long block, and then others beside it, over and over, until it is due. */
    private static void beside() throws InterruptedException {
        long first = Allocator.malloc(50_000);
        long block = Allocator.malloc(40L * MIB);
        Blocks.touch(block, 40L * MIB);
        Allocator.free(block);
        long due = Housekeeper.now() + Housekeeper.DECAY_TICKS + 2;
        while (Housekeeper.now() <= due) {
            long one = Allocator.malloc(70_000); // two sizes, for the thread keeps one run
            long other = Allocator.malloc(90_000);
            Allocator.free(one);
            Allocator.free(other);
            Thread.sleep(1);
        }
        System.out.println("kept=" + RunHeap.INSTANCE.dirtyBytes());
        HeapCheck.quiet();
        Allocator.free(first);
    }

    /** Much is in use; of what is free, all is needed between two looks. */
    private static void neededAgain() {
        Allocator.malloc(300L * MIB);
        long[] blocks = new long[100];
        long kept = 0;
        for (int round = 0; round < 5; round++) {
            takeEach(blocks);
            Blocks.freeEach(blocks);
            RunHeap.INSTANCE.purgeUnneeded();
            if (round > 0) { // the daemon may look between the two, now and then: then nothing was needed since
                kept = Math.max(kept, RunHeap.INSTANCE.dirtyBytes());
            }
        }
        System.out.println("kept=" + kept);
    }

    /** Much is in use; of what is free, a fourth is needed between two looks. */
    private static void neededInPart() {
        Allocator.malloc(300L * MIB);
        long[] blocks = new long[120];
        long kept = 0;
        for (int round = 0; round < 5; round++) {
            takeEach(blocks);
            Blocks.freeEach(blocks);
            RunHeap.INSTANCE.purgeUnneeded();
            long[] needed = new long[30];
            takeEach(needed);
            Blocks.freeEach(needed);
            RunHeap.INSTANCE.purgeUnneeded();
            kept = Math.max(kept, RunHeap.INSTANCE.dirtyBytes()); // as above
        }
        System.out.println("kept=" + kept);
    }

    /** Much is in use; what is free was needed at once, and then is not. */
    private static void neededNoMore() throws InterruptedException {
        Allocator.malloc(300L * MIB);
        long[] blocks = new long[100];
        takeEach(blocks);
        Blocks.freeEach(blocks);
        for (int i = 0; i < MOST_LOOKS_FOR_A_TICK && RunHeap.INSTANCE.dirtyBytes() > 64L * MIB; i++) {
            Thread.sleep(50);
        }
        System.out.println("kept=" + RunHeap.INSTANCE.dirtyBytes());
    }

    /** Frees a block, and in a later tick another one, which is more than the limit. */
    private static void freeOverTheLimit() throws InterruptedException {
        long[] blocks = new long[2];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = Allocator.malloc(3L * MIB);
            Allocator.malloc(64 << 10); // so that they don't become one run
            Blocks.touch(blocks[i], 3L * MIB);
        }
        Allocator.free(blocks[0]);
        for (long freed = Housekeeper.now(); Housekeeper.now() <= freed + 1; ) {
            Thread.sleep(10);
        }
        Allocator.free(blocks[1]);
        System.out.println("older=" + ResidentMemory.bytes(blocks[0], 3L * MIB));
        System.out.println("newer=" + ResidentMemory.bytes(blocks[1], 3L * MIB));
    }

    /** Frees some blocks, and then one that is longer than all that may be kept. */
    private static void freeTooLong(long bytes) {
        long tooLong = Allocator.malloc(bytes);
        Blocks.touch(tooLong, bytes);
        Allocator.malloc(64 << 10); // so that they don't become one run
        long[] blocks = new long[10];
        takeEach(blocks);
        Blocks.freeEach(blocks);
        System.out.println("kept-before=" + RunHeap.INSTANCE.dirtyBytes());
        Allocator.free(tooLong);
        System.out.println("kept=" + RunHeap.INSTANCE.dirtyBytes());
    }

    /** Frees runs that are short enough to be kept by the thread, one at a time. */
    private static void freeShortBlocks() {
        long cache = OwnCache.get();
        Blocks.freeEach(Blocks.takeEach(100, 200_000));
        System.out.println("kept=" + RunHeap.INSTANCE.dirtyBytes());
        System.out.println("kept-by-thread=" + RunSlot.pages(cache));
    }

    /** Much more is in use, and then freed, than is ever kept. None is long enough to be asked about. */
    private static void freeMuchAtWork() {
        Allocator.malloc(600L * MIB);
        long[] blocks = new long[500];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = Allocator.malloc(900 << 10);
            Allocator.malloc(64 << 10); // so that they don't become one run
        }
        Blocks.freeEach(blocks);
        System.out.println("kept=" + RunHeap.INSTANCE.dirtyBytes());
    }

    /** Long blocks that are written to become short ones, where they are. */
    private static void shrunk() {
        for (int i = 0; i < 40; i++) {
            long block = Allocator.malloc(8L * MIB);
            Blocks.touch(block, 8L * MIB);
            Allocator.realloc(block, MIB);
        }
        System.out.println("kept=" + RunHeap.INSTANCE.dirtyBytes());
        HeapCheck.quiet();
    }

    /** Takes a block, or makes one longer, for which there is room only where clean and dirty runs lie side by side. */
    private static void comb(boolean grows) {
        long[] blocks = new long[32];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = Allocator.malloc(4L * MIB);
            Blocks.touch(blocks[i], 4L * MIB);
        }
        for (int i = grows ? 2 : 0; i < blocks.length; i += 2) {
            Allocator.free(blocks[i]);
        }
        Housekeeper.purge(Long.MAX_VALUE);
        for (int i = 1; i < blocks.length; i += 2) {
            Allocator.free(blocks[i]);
        }
        int pages = RunHeap.INSTANCE.committedPages();
        long faults = SystemView.minorFaults();
        long block = grows ? Allocator.realloc(blocks[0], 100L * MIB) : Allocator.malloc(100L * MIB);
        Blocks.touch(block, 100L * MIB);
        System.out.println("moved=" + (grows && block != blocks[0] ? 1 : 0));
        System.out.println("faults=" + (SystemView.minorFaults() - faults));
        System.out.println("grown=" + (RunHeap.INSTANCE.committedPages() - pages));
        System.out.println("fresh=" + (Allocator.isFresh(block) ? 1 : 0));
        HeapCheck.quiet();
        Allocator.free(block);
        HeapCheck.quiet();
    }

    /** Takes blocks of 1 MiB, all of them in memory. */
    private static void takeEach(long[] blocks) {
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = Allocator.malloc(MIB);
            Blocks.touch(blocks[i], MIB);
        }
    }

    /** Two buffers that grow by a quarter at a time up to {@code most} bytes, beside one another, over and over. */
    private static void growthInTurn(long most, int rounds) {
        long faults = 0;
        for (int round = 0; round < 2 * rounds; round++) {
            if (round == rounds) {
                faults = SystemView.minorFaults();
            }
            long one = Allocator.malloc(1_024);
            long other = Allocator.malloc(1_024);
            for (long bytes = 1_024; bytes < most; ) {
                bytes = Math.min(most, bytes + bytes / 4);
                one = Allocator.realloc(one, bytes);
                other = Allocator.realloc(other, bytes);
                Memory.putByte(one + bytes - 1, (byte) 1);
                Memory.putByte(other + bytes - 1, (byte) 1);
            }
            Allocator.free(one);
            Allocator.free(other);
        }
        System.out.println("faults=" + (SystemView.minorFaults() - faults));
        System.out.println("kept=" + RunHeap.INSTANCE.dirtyBytes());
    }
}
