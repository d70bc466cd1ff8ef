package zonal.agent.apps;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Several threads that take, resize and free blocks in slots they share, all the while, and verify each block's first and
 * last word. Says "ready" when all run, stops on a line on stdin, frees all, and says how many blocks were damaged, and how many
 * calls there were.
 */
public final class Churn {
    private static final int THREADS = 4;
    private static final int SLOTS = 2_000;
    private static final int SMALLEST = 16;
    private static final int LARGEST = 6_000;
    private static final int LARGEST_OF_FEW = 100_000;

    /** Addresses; a thread takes one out before it touches the block, so each block has one owner at a time. */
    private static final AtomicLongArray SLOT = new AtomicLongArray(SLOTS);

    private static final AtomicLong DAMAGED = new AtomicLong();
    private static final AtomicLong CALLS = new AtomicLong();
    private static volatile boolean stopped;

    private Churn() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int seed = i;
            Thread thread = new Thread(() -> churn(new SplittableRandom(seed)));
            thread.start();
            threads.add(thread);
        }
        while (CALLS.get() < 10 * SLOTS) {
            Thread.sleep(5);
        }
        System.out.println("ready");
        int answer = System.in.read();
        stopped = true;
        for (Thread thread : threads) {
            thread.join();
        }
        for (int i = 0; i < SLOTS; i++) {
            give(SLOT.getAndSet(i, 0));
        }
        System.out.println("damaged " + DAMAGED.get());
        System.out.println("calls " + CALLS.get());
        System.out.println("read " + answer);
    }

    private static void churn(SplittableRandom random) {
        while (!stopped) {
            int slot = random.nextInt(SLOTS);
            long block = SLOT.getAndSet(slot, 0);
            if (block != 0 && random.nextInt(4) == 0) {
                check(block);
                int size = size(random);
                block = RawMemory.reallocate(block, size);
                mark(block, size);
            } else {
                give(block);
                int size = size(random);
                block = RawMemory.allocate(size);
                mark(block, size);
            }
            give(SLOT.getAndSet(slot, block));
            CALLS.incrementAndGet();
        }
    }

    /** Whether a block of so many bytes is one of ours: nothing in the JDK asks for such a size. */
    public static boolean isSize(long bytes) {
        return bytes % 8 == 5;
    }

    private static int size(SplittableRandom random) {
        return random.nextInt(SMALLEST, random.nextInt(50) == 0 ? LARGEST_OF_FEW : LARGEST) / 8 * 8 + 5;
    }

    private static void mark(long block, int size) {
        RawMemory.putLong(block, size);
        RawMemory.putLong(block + size - 8, ~(long) size);
    }

    private static void check(long block) {
        long size = RawMemory.getLong(block);
        boolean whole = size >= SMALLEST && size <= LARGEST_OF_FEW + 5;
        if (!whole || (size > 8 && RawMemory.getLong(block + size - 8) != ~size)) {
            DAMAGED.incrementAndGet();
        }
    }

    private static void give(long block) {
        if (block != 0) {
            check(block);
            RawMemory.free(block);
        }
    }
}
