package zonal.agent.apps;

import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Blocks whose first and last word tell their size: they are looked at before a block goes. Threads exchange blocks in slots that they share.
 *
 * <p>Thread-safe: a thread takes a block out of its slot before it touches it, so each has one owner at a time.
 */
public final class MarkedBlocks {
    private static final long LARGEST = 2 << 20;

    private final AtomicLong calls = new AtomicLong();
    private final AtomicLong damaged = new AtomicLong();
    private final AtomicLongArray slots;
    private final Sizes sizes;

    /** Sizes to ask for, from 16 bytes on; they are rounded to ones that {@link #isSize} knows. */
    interface Sizes {
        int next(SplittableRandom random);
    }

    MarkedBlocks(int slots, Sizes sizes) {
        this.slots = new AtomicLongArray(slots);
        this.sizes = sizes;
    }

    /** Whether a block of so many bytes is one of ours: nothing in the JDK asks for such a size. */
    public static boolean isSize(long bytes) {
        return bytes % 8 == 5;
    }

    /** How many blocks were taken or resized, and what else was {@linkplain #count counted}. */
    long calls() {
        return calls.get();
    }

    /** How many blocks were not as they had been left. */
    long damaged() {
        return damaged.get();
    }

    void count() {
        calls.incrementAndGet();
    }

    void reportDamage() {
        damaged.incrementAndGet();
    }

    /** Resizes the block of some slot, or exchanges it for a new one. */
    void exchange(SplittableRandom random) {
        int slot = random.nextInt(slots.length());
        long block = slots.getAndSet(slot, 0);
        if (block != 0 && random.nextInt(4) == 0) {
            check(block);
            int size = size(random);
            block = RawMemory.reallocate(block, size);
            mark(block, size);
        } else {
            give(block);
            block = take(random);
        }
        give(slots.getAndSet(slot, block));
    }

    long take(SplittableRandom random) {
        int size = size(random);
        long block = RawMemory.allocate(size);
        mark(block, size);
        return block;
    }

    /** Frees a block, or nothing where it is 0. */
    void give(long block) {
        if (block != 0) {
            check(block);
            RawMemory.free(block);
        }
    }

    /** Frees the blocks of all slots. */
    void giveAll() {
        for (int i = 0; i < slots.length(); i++) {
            give(slots.getAndSet(i, 0));
        }
    }

    private int size(SplittableRandom random) {
        return sizes.next(random) / 8 * 8 + 5;
    }

    private void mark(long block, int size) {
        count();
        RawMemory.putLong(block, size);
        RawMemory.putLong(block + size - 8, ~(long) size);
    }

    private void check(long block) {
        long size = RawMemory.getLong(block);
        if (!isSize(size) || size > LARGEST || RawMemory.getLong(block + size - 8) != ~size) {
            reportDamage();
        }
    }
}
