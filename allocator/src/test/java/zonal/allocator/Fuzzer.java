package zonal.allocator;

import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One caller of the allocator whose values are mostly wrong. What it holds rightly it has stamped, verifies when it frees or resizes it, and
 * compares each answer to a wrong call with what the call's Javadoc says.
 */
final class Fuzzer {

    private static final int MOST_BLOCKS = 300;
    private static final int STALE = 64;

    /** Sizes that nobody can have, and those that are none. */
    private static final long[] IMPOSSIBLE = {
        Long.MAX_VALUE,
        Long.MAX_VALUE - 15,
        Long.MAX_VALUE - 4095,
        Long.MAX_VALUE - 4096,
        1L << 62,
        1L << 50,
        -1,
        -16,
        Long.MIN_VALUE,
        Long.MIN_VALUE + 1,
        Integer.MIN_VALUE
    };

    private record Block(long address, long bytes, long stamp) {}

    private final SplittableRandom random;

    /** Whether nobody else allocates: then each address that is not in {@link #live} is nobody's. */
    private final boolean alone;

    private final List<Block> blocks = new ArrayList<>();
    private final Map<Long, Block> live = new HashMap<>();
    private final long[] stale = new long[STALE];
    private long wrongCalls;

    Fuzzer(SplittableRandom random, boolean alone) {
        this.random = random;
        this.alone = alone;
    }

    void run(long steps) {
        for (long step = 0; step < steps; step++) {
            int act = random.nextInt(1000);
            if (act < 250) {
                take();
            } else if (act < 350) {
                resize();
            } else if (act < 550) {
                free();
            } else if (act < 980) {
                callWithWrongAddress(wrongAddress());
            } else if (act < 998) {
                callWithWrongSize(IMPOSSIBLE[random.nextInt(IMPOSSIBLE.length)]);
            } else {
                look();
            }
        }
    }

    void freeAll() {
        while (!blocks.isEmpty()) {
            free();
        }
    }

    long liveBlocks() {
        return blocks.size();
    }

    long liveBytes() {
        return blocks.stream().mapToLong(Block::bytes).sum();
    }

    /** Calls that must have been counted, as bad or as foreign. */
    long wrongCalls() {
        return wrongCalls;
    }

    // ---- right calls

    private long size() {
        int kind = random.nextInt(100);
        return 1L + random.nextInt(kind < 50 ? 128 : kind < 75 ? 1_024 : kind < 95 ? 32 << 10 : 400 << 10);
    }

    private void take() {
        if (blocks.size() >= MOST_BLOCKS) {
            free();
            return;
        }
        long bytes = size();
        boolean zeroed = random.nextInt(4) == 0;
        long address = zeroed ? Allocator.calloc(bytes, 1) : Allocator.tryMalloc(bytes);
        if (zeroed) {
            Stamp.verifyZero(address, bytes);
        } else if (random.nextInt(4) == 0 && Allocator.isFresh(address)) {
            Stamp.verifyZero(address, bytes);
        }
        add(address, bytes);
    }

    private void add(long address, long bytes) {
        require(address > 0 && (address & 15) == 0, "no block: 0x" + Long.toHexString(address));
        require(Allocator.usableSize(address) >= bytes && Allocator.owns(address), "a block that isn't ours");
        Block block = new Block(address, bytes, random.nextLong());
        require(live.put(address, block) == null, "a block was handed out twice");
        blocks.add(block);
        Stamp.write(address, bytes, block.stamp);
    }

    private @Nullable Block remove() {
        if (blocks.isEmpty()) {
            return null;
        }
        int place = random.nextInt(blocks.size());
        Block block = blocks.get(place);
        Block last = blocks.removeLast();
        if (place < blocks.size()) {
            blocks.set(place, last);
        }
        live.remove(block.address);
        Stamp.verify(block.address, block.bytes, block.stamp);
        return block;
    }

    private void free() {
        Block block = remove();
        if (block != null) {
            stale[random.nextInt(STALE)] = block.address;
            require(Allocator.tryFree(block.address), "a block of ours was foreign");
        }
    }

    private void resize() {
        Block block = remove();
        if (block != null) {
            long bytes = size();
            long address = random.nextBoolean()
                    ? Allocator.tryRealloc(block.address, bytes)
                    : Allocator.realloc(block.address, bytes);
            Stamp.verify(address, block.bytes, Math.min(bytes, block.bytes), block.stamp);
            stale[random.nextInt(STALE)] = block.address;
            add(address, bytes);
        }
    }

    // ---- wrong ones

    /** An address at which no live block starts. */
    private long wrongAddress() {
        for (; ; ) {
            long address = anyAddress();
            if (!alone && !isInside(address)) {
                address |= 1; // may be another thread's block, if it is even
            }
            if (!live.containsKey(address)) {
                return address;
            }
        }
    }

    private long anyAddress() {
        return switch (random.nextInt(12)) {
            case 0 -> near();
            case 1 -> inside();
            case 2 -> within(Range.BASE, Range.FINE_BASE - Range.BASE); // the metadata
            case 3 -> within(Range.FINE_BASE, PageArea.FINE.committed() + (1 << 20));
            case 4 -> within(Range.COARSE_BASE, PageArea.COARSE.committed() + (1 << 20));
            case 5 ->
                within(
                        Range.RUNS_BASE,
                        ((long) RunHeap.INSTANCE.committedPages() << SystemCalls.OS_PAGE_SHIFT) + (1 << 20));
            case 6 -> within(Range.END - (1 << 20), 2 << 20);
            case 7 -> within(Range.BASE - (1 << 20), 2 << 20);
            case 8 -> random.nextLong();
            case 9 -> random.nextInt(8192) - 4096L;
            case 10 -> near() ^ 1L << random.nextInt(64);
            default -> stale[random.nextInt(STALE)];
        };
    }

    private long within(long start, long bytes) {
        long offset = random.nextLong(bytes);
        return start + (random.nextInt(4) == 0 ? offset : offset & (random.nextBoolean() ? -16 : -4096));
    }

    /** Near a block's start or end: some bytes, or some granules. */
    private long near() {
        if (blocks.isEmpty()) {
            return Range.FINE_BASE;
        }
        Block block = blocks.get(random.nextInt(blocks.size()));
        return random.nextBoolean()
                ? block.address + (random.nextBoolean() ? 0 : block.bytes) + random.nextInt(129) - 64
                : block.address + 16L * (random.nextInt(65) - 32);
    }

    private long inside() {
        if (blocks.isEmpty()) {
            return Range.FINE_BASE + 1;
        }
        Block block = blocks.get(random.nextInt(blocks.size()));
        return block.address + random.nextLong(Allocator.usableSize(block.address));
    }

    private boolean isInside(long address) {
        for (Block block : blocks) {
            if (address > block.address && address < block.address + block.bytes) {
                return true;
            }
        }
        return false;
    }

    private void callWithWrongAddress(long address) {
        String name = "0x" + Long.toHexString(address);
        long bytes = random.nextInt(8) == 0 ? IMPOSSIBLE[random.nextInt(IMPOSSIBLE.length)] : size();
        switch (address == 0 ? 5 : random.nextInt(6)) {
            case 0 -> {
                wrongCalls++;
                boolean ours = orThrown(() -> Allocator.tryFree(address) ? 1 : 0, 1) == 1;
                require(ours || !Range.contains(address), "foreign, but in the range: " + name);
            }
            case 1 -> {
                wrongCalls++;
                orThrown(
                        () -> {
                            Allocator.free(address);
                            return 0;
                        },
                        0);
            }
            case 2 -> {
                long answer = orThrown(() -> Allocator.tryRealloc(address, bytes), Realloc.BAD);
                wrongCalls += answer == Realloc.BAD ? 1 : 0;
                require(answer == 0 || answer == Realloc.BAD, "a block for " + name);
                require(answer == 0 || bytes > 0, "a realloc to " + bytes + " that was looked at");
                require(answer == Realloc.BAD || bytes <= 0 || !Range.contains(address), "not told as bad: " + name);
            }
            case 3 -> {
                if (bytes > 0) {
                    wrongCalls++;
                    require(orThrown(() -> Allocator.realloc(address, bytes), 0) == 0, "a block for " + name);
                }
            }
            case 4 -> {
                require(Allocator.usableSize(address) == 0, "a size at " + name);
                require(!Allocator.isFresh(address), "fresh: " + name);
                require(Sampler.at(address) == null, "a sample at " + name);
            }
            default -> {
                require(Allocator.tryFree(0) == false, "0 is nobody's");
                Allocator.free(0);
                require(Allocator.realloc(0, 0) == 0 && Allocator.tryRealloc(0, 0) == 0, "0 bytes are no block");
            }
        }
    }

    private interface Answer {
        long get();
    }

    /** What a call answers, or, with {@code on-error=throw}, {@code thrown} if it throws. */
    private static long orThrown(Answer call, long thrown) {
        try {
            return call.get();
        } catch (IllegalArgumentException e) {
            require(Options.current().onError() == ErrorMode.THROW, "an exception that nobody asked for: " + e);
            return thrown;
        }
    }

    private void callWithWrongSize(long bytes) {
        require(Allocator.tryMalloc(bytes) == 0, "a block of " + bytes + " bytes");
        require(Allocator.tryRealloc(0, bytes) == 0, "a block of " + bytes + " bytes");
        mustThrow(() -> Allocator.malloc(bytes));
        mustThrow(() -> Allocator.calloc(bytes, 1 + random.nextInt(5)));
        mustThrow(() -> Allocator.calloc(1L << 40, 1L << 30));
        try (ZoneArena arena = ZoneArena.ofConfined()) {
            mustThrow(() -> arena.allocate(bytes, 8).address());
            mustThrow(() -> arena.allocate(5, bytes).address());
        }
        if (!blocks.isEmpty()) {
            Block block = blocks.get(random.nextInt(blocks.size()));
            require(
                    Allocator.tryRealloc(block.address, bytes) == (bytes <= 0 ? 0 : Realloc.NO_MEMORY),
                    "a block of " + bytes + " bytes");
            mustThrow(() -> Allocator.realloc(block.address, bytes));
            Stamp.verify(block.address, block.bytes, block.stamp);
        }
    }

    private static void mustThrow(Answer call) {
        long answer;
        try {
            answer = call.get();
        } catch (IllegalArgumentException | OutOfMemoryError e) {
            return;
        }
        throw new AssertionError("a block: 0x" + Long.toHexString(answer));
    }

    // ---- looking

    private void look() {
        Statistics statistics = Statistics.read();
        require(!alone || statistics.freeCount() <= statistics.allocationCount(), "more frees than blocks");
        require(Allocator.show_alloc_mem().contains("Total : "), "a listing without its end");
        try {
            AllocationDump.write(new FullDisk(random.nextInt(500)), true);
        } catch (IOException e) {
            // as it must be
        }
        mustThrow(() -> Sampler.liveSites(-1).size());
        mustThrow(() -> Sampler.leakSuspects(0).size());
    }

    /** A file on a disk that is full after some characters. */
    private static final class FullDisk extends Writer {
        private int room;

        FullDisk(int room) {
            this.room = room;
        }

        @Override
        public void write(char[] text, int start, int length) throws IOException {
            room -= length;
            if (room < 0) {
                throw new IOException("no space left");
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    private static void require(boolean holds, String violated) {
        if (!holds) {
            throw new AssertionError(violated);
        }
    }
}
