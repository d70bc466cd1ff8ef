package zonal.allocator;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import zonal.allocator.FaultySystem.Call;

/** Fills every usable byte of blocks and looks for them after: {@code main("at-once" | "refused" | "threads", seed)}, with {@code zero-on-free=on}. */
final class ZeroOnFreeRun {

    private static final int[] SIZES = {1, 16, 100, 128, 1_000, 1_024, 1_025, 5_000, 32_768, 32_769, 100_001, 3_000_001
    };

    /** A thread has a cache of its own after some calls: the first ones go through a shared one. */
    private static final int ROUNDS = 40;

    private static final int THREADS = 3;
    private static final int STEPS = 4_000;
    private static final int MOST_BLOCKS = 100;

    private static final AtomicReference<@Nullable Throwable> FAILURE = new AtomicReference<>();

    private ZeroOnFreeRun() {}

    public static void main(String[] args) throws InterruptedException {
        FaultySystem.install();
        ChildJvm.configure();
        Allocator.start();
        switch (args[0]) {
            case "at-once" -> atOnce();
            case "refused" -> {
                FaultySystem.refuse(Call.MADVISE, Call.MUNMAP, Call.MREMAP);
                atOnce();
                FaultySystem.refuse(Call.MADVISE);
                shrinkMoved();
            }
            case "threads" -> threads(Long.parseLong(args[1]));
            default -> throw new IllegalArgumentException(args[0]);
        }
        HeapCheck.quiet();
    }

    private static void atOnce() {
        for (int size : SIZES) {
            for (int round = 0; round < ROUNDS; round++) {
                long block = filled(size);
                long usable = Allocator.usableSize(block);
                Allocator.free(block);
                requireGone(block, usable);
                shrink(size);
            }
            move(size);
        }
        shrinkMoved();
    }

    /** By a few bytes, which leaves the block in place; by half, which may not. */
    private static void shrink(int size) {
        for (int less : new int[] {size - 3, size / 2}) {
            if (less <= 0) {
                continue;
            }
            long block = filled(size);
            long usable = Allocator.usableSize(block);
            long after = Allocator.realloc(block, less);
            if (after == block) {
                requireGone(block + less, usable - less);
            } else {
                requireGone(block, usable);
                requireZero(after + less, Allocator.usableSize(after) - less);
            }
            Allocator.free(after);
            requireGone(after, Math.min(less, usable));
        }
    }

    private static void move(int size) {
        long block = filled(size);
        long neighbour = filled(size); // so that it can't grow in place
        long usable = Allocator.usableSize(block);
        long after = Allocator.realloc(block, 2L * size + 100_000);
        if (after != block) {
            requireGone(block, usable);
        }
        Allocator.free(after);
        Allocator.free(neighbour);
    }

    /** A run whose OS pages were moved shrinks as a whole, and only its memory goes. */
    private static void shrinkMoved() {
        long block = filled(2 << 20);
        long neighbour = filled(2 << 20);
        // By moving OS pages, for which it is too small otherwise.
        long moved = RunHeap.contains(block) ? Realloc.moveRun(block, 4 << 20, 0) : Allocator.realloc(block, 4 << 20);
        fill(moved, 4 << 20);
        long after = Allocator.realloc(moved, (3 << 20) + 5);
        long end = Range.contains(after) ? 4 << 20 : Allocator.usableSize(after); // a mapping of its own is cut
        requireZero(after + (3 << 20) + 5, end - (3 << 20) - 5);
        Allocator.free(after);
        Allocator.free(neighbour);
    }

    // ---- threads

    private static void threads(long seed) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            SplittableRandom random = new SplittableRandom(seed + i);
            threads.add(Thread.ofPlatform().start(() -> churn(random)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        Throwable failure = FAILURE.get();
        if (failure != null) {
            throw new AssertionError("seed " + seed, failure);
        }
    }

    private static void churn(SplittableRandom random) {
        List<Block> blocks = new ArrayList<>();
        try {
            for (int step = 0; step < STEPS && FAILURE.get() == null; step++) {
                int act = random.nextInt(blocks.size() >= MOST_BLOCKS ? 2 : 4);
                if (blocks.isEmpty() || act > 1) {
                    Block block = take(size(random));
                    requireZero(block.address, block.usable);
                    blocks.add(block.filled());
                } else if (act == 1) {
                    Allocator.free(blocks.remove(random.nextInt(blocks.size())).address);
                } else {
                    blocks.add(resize(blocks.remove(random.nextInt(blocks.size())), size(random)));
                }
            }
            blocks.forEach(block -> Allocator.free(block.address));
        } catch (Throwable e) {
            FAILURE.compareAndSet(null, e);
        }
    }

    private record Block(long address, long bytes, long usable) {

        Block filled() {
            fill(address, usable);
            return this;
        }
    }

    private static Block take(long bytes) {
        long address = Allocator.malloc(bytes);
        return new Block(address, bytes, Allocator.usableSize(address));
    }

    private static Block resize(Block block, long bytes) {
        long address = Allocator.realloc(block.address, bytes);
        Block after = new Block(address, bytes, Allocator.usableSize(address));
        // What the caller wrote behind the requested size is its own as long as the block doesn't become smaller.
        boolean same = address == block.address && bytes >= block.bytes;
        long kept = same ? block.usable : Math.min(bytes, block.usable);
        requireZero(address + kept, after.usable - kept);
        return after.filled();
    }

    private static long size(SplittableRandom random) {
        int kind = random.nextInt(100);
        return 1L + random.nextInt(kind < 40 ? 128 : kind < 70 ? 1_024 : kind < 90 ? 32 << 10 : 300 << 10);
    }

    // ----

    private static long filled(long bytes) {
        long block = Allocator.malloc(bytes);
        fill(block, Allocator.usableSize(block));
        return block;
    }

    private static void fill(long block, long bytes) {
        for (long at = 0; at < bytes; at += 8) {
            Memory.putLong(block + at, -1);
        }
    }

    /** What was freed at an address of the range stays readable; a mapping of its own is gone. */
    private static void requireGone(long from, long bytes) {
        if (Range.contains(from)) {
            requireZero(from, bytes);
        }
    }

    private static void requireZero(long from, long bytes) {
        for (long at = from; at < from + bytes; at++) {
            if ((at & 7) == 0 && at + 8 <= from + bytes) {
                if (Memory.getLong(at) != 0) {
                    throw seen(from, bytes, at);
                }
                at += 7;
            } else if (Memory.getByte(at) != 0) {
                throw seen(from, bytes, at);
            }
        }
    }

    private static AssertionError seen(long from, long bytes, long at) {
        return new AssertionError(
                "byte " + (at - from) + " of " + bytes + " at 0x" + Long.toHexString(from) + " is still to be seen");
    }
}
