package zonal.allocator;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import zonal.allocator.FaultySystem.Call;

/** Uses the allocator, {@code main(what)}, on a system that refuses calls. */
final class RefusalRun {

    static final int[] SIZES = {100, 30_000, 200_000};

    /** More than an area grows by at a time. */
    private static final int MORE_BYTES = 5 << 20;

    private static final int GOES_BETWEEN_CHECKS = 8;

    private RefusalRun() {}

    public static void main(String[] args) throws InterruptedException {
        FaultySystem.install();
        ChildJvm.configure();
        switch (args[0]) {
            case "start" -> start(Call.of(args[1]));
            case "start-limit" -> startLimit(Long.parseLong(args[1]) << 10);
            case "commit-limit" -> commitLimit(Long.parseLong(args[1]) << 20);
            case "strict" -> strict();
            case "full-table" -> fullTable();
            case "no-barriers" -> noBarriers(Boolean.parseBoolean(args[1]));
            case "in-turn" -> inTurn();
            case "not-taken-back" -> notTakenBack();
            case "taken-meanwhile" -> takenMeanwhile();
            case "no-cache" -> noCache();
            case "barriers" -> barriers();
            case "moved-parts" -> movedParts();
            case "seen-meanwhile" -> seenMeanwhile();
            case "not-mapped-again" -> notMappedAgain();
            case "unmapped-in-turn" -> unmappedInTurn();
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    /** Says what became of a start without any call of a kind. */
    private static void start(Call refused) {
        FaultySystem.refuse(refused);
        start();
    }

    /** Says what became of a start with so little memory. */
    private static void startLimit(long bytes) {
        FaultySystem.refuseCommitsBeyond(bytes);
        start();
    }

    private static void start() {
        try {
            Allocator.start();
            System.out.println("started=1");
        } catch (UnsupportedOperationException e) {
            System.out.println("started=0");
            System.out.println(e.getMessage());
        }
    }

    /** Takes all memory that there is, in blocks of each size, frees it, and takes as much again. */
    private static void commitLimit(long bytes) {
        Allocator.start();
        for (int size : SIZES) {
            FaultySystem.refuseCommitsBeyond(FaultySystem.committed() + bytes);
            long first = exhaust(size);
            HeapCheck.quiet();
            long second = exhaust(size);
            HeapCheck.quiet();
            if (second < first - first / 8) {
                throw new AssertionError(size + " bytes: " + first + " blocks, and then " + second);
            }
            System.out.println("blocks-" + size + "=" + first);
            System.out.println("refused-" + size + "=" + FaultySystem.refused());
        }
    }

    /** Takes blocks until there are no more, and frees them all. Answers how many there were. */
    private static long exhaust(int bytes) {
        long count = 0;
        long last = 0;
        long block;
        while ((block = Allocator.tryMalloc(bytes)) != 0) {
            Memory.putLong(block, last);
            last = block;
            count++;
        }
        try {
            Allocator.malloc(bytes);
            throw new AssertionError("a block more than there are");
        } catch (OutOfMemoryError e) {
            // as it must be
        }
        Blocks.freeChain(last);
        return count;
    }

    /** Whatever call is refused, blocks are served, keep their contents, and are gone in the end. */
    private static void strict() {
        Allocator.start();
        FaultySystem.onlyForThisThread();
        FaultySystem.refuse(Call.MMAP);
        long run = Allocator.malloc(50_000);
        require(Range.contains(run), "without a mapping, a block is a run");
        FaultySystem.refuseNothing();
        long block = Allocator.malloc(50_000);
        require(!Range.contains(block), "a mapping of its own");
        Memory.putLong(block, 1);
        Memory.putLong(block + 49_992, 2);
        FaultySystem.refuse(Call.MREMAP);
        long moved = Allocator.realloc(block, 5_000_000);
        require(moved != block && Memory.getLong(moved) == 1 && Memory.getLong(moved + 49_992) == 2, "it is copied");
        FaultySystem.refuse(Call.MREMAP, Call.MMAP);
        require(Allocator.tryRealloc(moved, Long.MAX_VALUE >> 4) == -1, "no memory at all");
        require(Memory.getLong(moved + 49_992) == 2, "and it is as it was");
        FaultySystem.refuse(Call.MUNMAP);
        Allocator.free(moved);
        Allocator.free(run);
        require(FaultySystem.refused() > 0, "the system keeps the mapping");
        require(Allocator.usableSize(moved) == 0, "but the block is gone");
        require(osPagesInMemory(moved, 5_000_000) == 0, "and its memory");
        HeapCheck.quiet();
        FaultySystem.refuseNothing();
        StrictMappings.INSTANCE.unmapRefused();
        HeapCheck.quiet();
    }

    /** Of this block alone: the system may have made one mapping of it and a neighbour. */
    private static int osPagesInMemory(long block, int bytes) {
        int pages = RunHeap.pagesFor(bytes);
        long answer = Allocator.malloc(pages);
        require(SystemCalls.inMemory(block, (long) pages << SystemCalls.OS_PAGE_SHIFT, answer) == 0, "it is mapped");
        int inMemory = 0;
        for (int i = 0; i < pages; i++) {
            inMemory += Memory.getByte(answer + i) & 1;
        }
        Allocator.free(answer);
        return inMemory;
    }

    /** As many mappings as may be, all of which the system refused to unmap: then blocks are runs, until it agrees. */
    private static void fullTable() throws InterruptedException {
        Allocator.start();
        FaultySystem.refuse(Call.MUNMAP);
        int mapped = 0;
        long block = Allocator.malloc(2_000);
        for (; !Range.contains(block) && mapped < 1 << 17; mapped++) {
            Allocator.free(block);
            block = Allocator.malloc(2_000);
        }
        Allocator.free(block);
        System.out.println("mapped=" + mapped);
        HeapCheck.quiet();
        FaultySystem.refuseNothing();
        long again = 0;
        for (int i = 0; i < 100 && (again == 0 || Range.contains(again)); i++) {
            Allocator.free(again);
            Thread.sleep(50);
            again = Allocator.malloc(2_000);
        }
        require(!Range.contains(again), "room in the table again");
        Allocator.free(again);
        HeapCheck.quiet();
    }

    /** Blocks of one thread, half of them freed by it and half by another, on a system without {@code membarrier}, or that forgot it. */
    private static void noBarriers(boolean fromTheStart) throws InterruptedException {
        if (fromTheStart) {
            FaultySystem.refuse(Call.BARRIER);
        }
        Allocator.start();
        long[] blocks = new long[10_000];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = Allocator.malloc(100);
        }
        int biased = 0;
        for (long block : blocks) {
            biased += isBiased(block) ? 1 : 0;
        }
        require((biased == 0) == fromTheStart, biased + " blocks are in biased pages");
        FaultySystem.refuse(Call.BARRIER);
        Thread other = Thread.ofPlatform().start(() -> freeEverySecond(blocks, 1));
        freeEverySecond(blocks, 0);
        other.join();
        require(HeapCheck.quiet().liveBlocks() == 0, "all is freed");
        require(BadCalls.count() == 0, "and each block once");
    }

    /** Another thread frees blocks of biased pages. */
    private static void barriers() throws InterruptedException {
        Allocator.start();
        long[] blocks = new long[10_000];
        Set<Long> biased = new HashSet<>();
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = Allocator.malloc(100);
            if (isBiased(blocks[i])) {
                biased.add(blocks[i] >>> PageArea.FINE_PAGE_SHIFT);
            }
        }
        long before = FaultySystem.count(Call.BARRIER);
        Thread other = Thread.ofPlatform().start(() -> Blocks.freeEach(blocks));
        other.join();
        System.out.println("biased=" + biased.size());
        System.out.println("barriers=" + (FaultySystem.count(Call.BARRIER) - before));
        HeapCheck.quiet();
    }

    /** Whether a block of the fine area lies in a biased page. */
    private static boolean isBiased(long block) {
        return !Bias.isShared(Bias.of(Bias.fineEntry(BlockMap.fineGranule(block))));
    }

    private static void freeEverySecond(long[] blocks, int first) {
        for (int i = first; i < blocks.length; i += 2) {
            Allocator.free(blocks[i]);
        }
    }

    /** A run, and pages, of which half are wholly free and half in part, when the system takes nothing back, and then when it does. */
    private static void notTakenBack() {
        Allocator.start();
        long[] blocks = Blocks.takeEach(50_000, 400);
        for (int i = 0; i < blocks.length; i++) {
            if (i < blocks.length / 2 || i % 100 != 0) {
                Allocator.free(blocks[i]);
            }
        }
        Allocator.free(Allocator.malloc(200_000));
        OwnCache.drain();
        FaultySystem.refuse(Call.MADVISE);
        Housekeeper.purge(Long.MAX_VALUE);
        System.out.println("refused=" + FaultySystem.refused());
        System.out.println("kept=" + Statistics.read().residentBytes());
        FaultySystem.refuseNothing();
        Housekeeper.purge(Long.MAX_VALUE);
        System.out.println("left=" + Statistics.read().residentBytes());
        HeapCheck.quiet();
    }

    /** While memory of pages in use goes back, all that is left of them is taken. */
    private static void takenMeanwhile() {
        Allocator.start();
        int bytes = 400;
        long[] blocks = Blocks.takeEach(50_000, bytes);
        for (int i = 0; i < blocks.length; i++) {
            if (i % 100 != 0) {
                Allocator.free(blocks[i]);
            }
        }
        OwnCache.drain();
        List<Long> taken = new ArrayList<>();
        FaultySystem.onlyForThisThread();
        FaultySystem.whileGivenBack(() -> {
            for (int i = 0; i < 500; i++) {
                taken.add(filled(Allocator.malloc(bytes), 0, bytes));
            }
        });
        Housekeeper.purge(Long.MAX_VALUE);
        FaultySystem.whileGivenBack(null);
        HeapCheck.quiet();
        for (long block : taken) {
            requireFilled(block, bytes);
            Allocator.free(block);
        }
        System.out.println("taken=" + taken.size());
    }

    /** A thread calls often while there is no memory for another cache, and then goes on. */
    private static void noCache() throws InterruptedException {
        Allocator.start();
        Thread thread = Thread.ofPlatform().start(() -> {
            FaultySystem.refuse(Call.MPROTECT);
            callOften();
            System.out.println("refused=" + FaultySystem.refused());
            System.out.println("own-meanwhile=" + (CacheTable.mine() == 0 ? 0 : 1));
            FaultySystem.refuseNothing();
            callOften();
            System.out.println("own-then=" + (CacheTable.mine() == 0 ? 0 : 1));
        });
        thread.join();
        HeapCheck.quiet();
    }

    private static void callOften() {
        for (int i = 0; i < 100; i++) {
            long block = Allocator.tryMalloc(40);
            require(block == 0 || Allocator.tryFree(block), "a block of ours is foreign");
        }
    }

    /** Somebody lists all blocks, with their first bytes, while what was mapped where a block's OS pages should have gone is gone. */
    private static void seenMeanwhile() {
        Allocator.start();
        StringBuilder seen = new StringBuilder();
        FaultySystem.onlyForThisThread();
        FaultySystem.whileUnmapped(() -> seen.append(Allocator.show_alloc_mem_ex()));
        FaultySystem.refuse(Call.MREMAP);
        long old = filled(Allocator.malloc(40_000), 0, 40_000);
        long mappings = SystemView.mappings(Range.RUNS_BASE, Range.END);
        long block = Realloc.moveRun(old, 80_000, 0);
        require(SystemView.mappings(Range.RUNS_BASE, Range.END) == mappings, "what was mapped again is as all around");
        require(seen.indexOf("Total : 0 bytes") >= 0, "neither the old block is there nor the new one:\n" + seen);
        requireFilled(block, 40_000);
        require(Allocator.show_alloc_mem().contains(": 80000 bytes"), "and then it is");
        Allocator.free(block);
        HeapCheck.quiet();
    }

    /** A block that moves again and again is several mappings, which the system moves one by one: each time, another one is refused. */
    private static void movedParts() {
        Allocator.start();
        FaultySystem.onlyForThisThread();
        int n = 0;
        do {
            FaultySystem.refuseNth(Call.MREMAP, ++n);
            long block = filled(Allocator.malloc(40_000), 0, 40_000);
            for (int bytes = 40_000; bytes < 1_000_000; bytes *= 2) {
                long moved = Realloc.moveRun(block, 2L * bytes, 0);
                requireFilled(moved, bytes);
                block = filled(moved, bytes, 2 * bytes);
            }
            HeapCheck.quiet();
            // Less than the first part, which is then no part as a whole.
            block = Realloc.moveRun(Allocator.realloc(block, 35_000), 50_000, 0);
            requireFilled(block, 35_000);
            HeapCheck.quiet();
            Allocator.free(block);
        } while (FaultySystem.refused() > 0);
        require(n > 8, "it moved part by part");
        FaultySystem.refuseNothing();
        require(!RunHeap.INSTANCE.mayBeSplit(), "what was freed was mapped anew");
        long block = Realloc.moveRun(Allocator.malloc(100_000), 200_000, 0);
        FaultySystem.refuse(Call.MMAP);
        Allocator.free(block);
        require(RunHeap.INSTANCE.mayBeSplit(), "what was freed could not be mapped anew");
        FaultySystem.refuseNothing();
        long moves = FaultySystem.count(Call.MREMAP);
        Allocator.free(Realloc.moveRun(Allocator.malloc(100_000), 200_000, 0));
        require(FaultySystem.count(Call.MREMAP) == moves, "what may be several mappings is copied");
        HeapCheck.quiet();
    }

    /** Where one part or the other of a block is to move, nothing is mapped any more, and nothing can be: the block stays as it was. */
    private static void notMappedAgain() {
        Allocator.start();
        FaultySystem.onlyForThisThread();
        long block = Realloc.moveRun(filled(Allocator.malloc(40_000), 0, 40_000), 80_000, 0);
        filled(block, 40_000, 80_000);
        for (int part = 1; part <= 2; part++) {
            FaultySystem.refuseFrom(part, Call.MREMAP, Call.MMAP);
            require(Realloc.moveRun(block, 160_000, 0) == Realloc.NO_MEMORY, "no memory");
            require(FaultySystem.refused() == 2, "neither a move nor a mapping");
            FaultySystem.refuseNothing();
            requireFilled(block, 80_000);
            require(Statistics.read().liveBlocks() == 1, "no other block is left");
            require(liveSamples() == 1, "nor its sample");
            Allocator.free(filled(Allocator.malloc(160_000), 0, 160_000)); // where nothing is mapped, no other one is
            HeapCheck.quiet();
        }
        block = Realloc.moveRun(block, 160_000, 0);
        requireFilled(block, 80_000);
        Allocator.free(block);
        HeapCheck.quiet();
    }

    private static long liveSamples() {
        return Sampler.sites().stream().mapToLong(LiveSite::samples).sum();
    }

    private static long filled(long block, int from, int to) {
        for (int at = from; at < to; at += 8) {
            Memory.putLong(block + at, at);
        }
        return block;
    }

    private static void requireFilled(long block, int to) {
        for (int at = 0; at < to; at += 8) {
            require(Memory.getLong(block + at) == at, "its contents didn't come along");
        }
    }

    /** Of two mappings that the system keeps, the second is tried when the first was refused again. Without the housekeeper, which tries them, too. */
    private static void unmappedInTurn() {
        StrictMappings strict = StrictMappings.INSTANCE;
        long answer = strict.take(1);
        strict.take(50_000);
        strict.take(50_000);
        List<Long> blocks = inTheOrderOfSlots();
        blocks.remove(answer);
        FaultySystem.refuse(Call.MUNMAP);
        blocks.forEach(strict::give);
        FaultySystem.refuseNth(Call.MUNMAP, 1);
        strict.unmapRefused();
        FaultySystem.refuseNth(Call.MUNMAP, 2);
        strict.unmapRefused();
        FaultySystem.refuseNothing();
        require(isMapped(blocks.getFirst(), answer), "the first is refused twice");
        require(!isMapped(blocks.getLast(), answer), "the second is not");
    }

    /** The addresses in the table of mappings, in the order in which those are tried that the system refused to unmap. */
    private static List<Long> inTheOrderOfSlots() {
        List<Long> addresses = new ArrayList<>();
        long end = (long) HeapCheck.read(StrictMappings.class, null, "SORTED");
        for (long entry = Range.STRICT_TABLE; entry < end; entry += 16) {
            if (Memory.getLong(entry) != 0) {
                addresses.add(Memory.getLong(entry));
            }
        }
        return addresses;
    }

    private static boolean isMapped(long block, long answer) {
        return SystemCalls.inMemory(block, SystemCalls.OS_PAGE_SIZE, answer) == 0;
    }

    /** The first call to the system is refused, then, in another go, the second, and so on until a go ends without one. */
    private static void inTurn() {
        Allocator.start();
        FaultySystem.onlyForThisThread();
        List<long[]> kept = new ArrayList<>();
        int n = 0;
        do {
            FaultySystem.refuseNth(++n);
            goOn(kept, n);
        } while (FaultySystem.refused() > 0);
        FaultySystem.refuseNothing();
        kept.forEach(RefusalRun::free);
        require(HeapCheck.quiet().liveBlocks() == 0, "all is freed");
        System.out.println("refused-in-turn=" + (n - 1));
    }

    /** Takes more memory than there was before, so that the areas grow, resizes, and frees what makes the allocator give memory back. */
    private static void goOn(List<long[]> kept, int n) {
        for (int size : SIZES) {
            boolean mapped =
                    size > 1_000 && Options.current().large() == LargeMode.STRICT; // one call each: some are enough
            kept.add(take(size, mapped ? 2 : MORE_BYTES / size));
            long[] blocks = take(size, mapped ? 4 : size > 1_000 ? 10 : 2_000);
            for (int i = 0; i < blocks.length; i += 2) {
                free(blocks, i);
            }
            for (int i = 1; i < blocks.length; i += 2) {
                blocks[i] = resize(blocks[i], size, 3 * size + n);
                blocks[i] = resize(blocks[i], 3 * size + n, size);
            }
            free(blocks);
        }
        if (n % GOES_BETWEEN_CHECKS == 0) {
            HeapCheck.quiet();
        }
    }

    private static long[] take(int size, int count) {
        long[] blocks = new long[count];
        for (int i = 0; i < count; i++) {
            blocks[i] = Allocator.tryMalloc(size);
            if (blocks[i] != 0) {
                Memory.putLong(blocks[i], blocks[i] + size);
            }
        }
        return blocks;
    }

    private static long resize(long block, int before, int size) {
        if (block == 0) {
            return 0;
        }
        require(Memory.getLong(block) == block + before, "a block was disturbed");
        // By moving OS pages, for which these are too small otherwise.
        boolean moves = RunHeap.contains(block) && size > before;
        long resized = moves ? Realloc.moveRun(block, size, 0) : Allocator.tryRealloc(block, size);
        require(resized == -1 || resized > 0, "no block, and no memory either");
        long now = resized == -1 ? block : resized;
        require(Memory.getLong(now) == block + before, "its contents didn't come along");
        Memory.putLong(now, now + size);
        return now;
    }

    private static void free(long[] blocks) {
        for (int i = 0; i < blocks.length; i++) {
            free(blocks, i);
        }
    }

    private static void free(long[] blocks, int i) {
        require(blocks[i] == 0 || Allocator.tryFree(blocks[i]), "a block of ours is foreign");
        blocks[i] = 0;
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError(what);
        }
    }
}
