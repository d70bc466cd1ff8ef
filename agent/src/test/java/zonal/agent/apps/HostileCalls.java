package zonal.agent.apps;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.management.JMException;
import javax.management.ObjectName;
import jdk.internal.misc.Unsafe;

/**
 * Calls {@code Unsafe} with values that no program should: frees and resizes addresses near and inside its blocks and where they were, asks for
 * sizes that nobody has, and has two threads free the same blocks at once. Prints what became of its blocks and of the counts.
 */
public final class HostileCalls {
    private static final Unsafe UNSAFE = Unsafe.getUnsafe();
    private static final int STEPS = 20_000;
    private static final int MOST_BLOCKS = 200;
    private static final int NEAR = 1 << 20;
    private static final int DUEL = 500;

    private static final long[] IMPOSSIBLE = {
        -1, -16, Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE - 4096, 1L << 62, 1L << 50
    };

    private record Block(long address, int bytes) {}

    private static final List<Block> BLOCKS = new ArrayList<>();
    private static SplittableRandom random = new SplittableRandom();
    private static int wrongCalls;
    private static int damaged;
    private static int unexpected;

    private HostileCalls() {}

    public static void main(String[] arguments) throws JMException, InterruptedException {
        long seed = arguments.length > 0 ? Long.parseLong(arguments[0]) : System.nanoTime();
        System.out.println("seed " + seed);
        random = new SplittableRandom(seed);
        long before = counter("LiveBlocks");
        for (int step = 0; step < STEPS; step++) {
            switch (random.nextInt(8)) {
                case 0, 1 -> take();
                case 2 -> free();
                case 3 -> resize();
                case 4, 5, 6 -> callWithWrongAddress();
                default -> callWithWrongSize();
            }
        }
        long live = counter("LiveBlocks") - before;
        System.out.println("lost " + (BLOCKS.size() - live));
        while (!BLOCKS.isEmpty()) {
            free();
        }
        System.out.println("uncounted " + (wrongCalls - counter("BadFreeCount")));
        duel(40);
        duel(4_000);
        duel(100_000);
        System.out.println("uncounted after duels " + (wrongCalls + 3 * DUEL - counter("BadFreeCount")));
        System.out.println("damaged " + damaged);
        System.out.println("unexpected " + unexpected);
        System.out.println("left " + (counter("LiveBlocks") - before));
    }

    private static void take() {
        if (BLOCKS.size() < MOST_BLOCKS) {
            int bytes = size();
            add(UNSAFE.allocateMemory(bytes), bytes);
        }
    }

    private static int size() {
        int kind = random.nextInt(100);
        return 8 + random.nextInt(kind < 50 ? 128 : kind < 80 ? 1_024 : kind < 95 ? 32 << 10 : 300 << 10);
    }

    private static void add(long address, int bytes) {
        BLOCKS.add(new Block(address, bytes));
        UNSAFE.putInt(address, (int) address);
        UNSAFE.putByte(address + bytes - 1, (byte) bytes);
    }

    private static Block remove() {
        Block block = BLOCKS.remove(random.nextInt(BLOCKS.size()));
        check(block.address, block);
        return block;
    }

    private static void check(long at, Block block) {
        if (UNSAFE.getInt(at) != (int) block.address || UNSAFE.getByte(at + block.bytes - 1) != (byte) block.bytes) {
            damaged++;
        }
    }

    private static void free() {
        if (!BLOCKS.isEmpty()) {
            UNSAFE.freeMemory(remove().address);
        }
    }

    private static void resize() {
        if (!BLOCKS.isEmpty()) {
            Block block = remove();
            int bytes = Math.max(block.bytes, size());
            long moved = UNSAFE.reallocateMemory(block.address, bytes);
            check(moved, block);
            add(moved, bytes);
        }
    }

    /** An address in Zonal's range: stock, which all others go to, would end the process. */
    private static void callWithWrongAddress() {
        if (BLOCKS.isEmpty()) {
            return;
        }
        Block block = BLOCKS.get(random.nextInt(BLOCKS.size()));
        long address = block.address + 1 + random.nextInt(block.bytes - 1);
        Block small =
                BLOCKS.stream().filter(any -> any.bytes < 1_000).findFirst().orElse(block);
        if (random.nextBoolean() && small.bytes < 1_000) {
            int offset = random.nextInt(2 * NEAR) - NEAR;
            address = small.address + (random.nextBoolean() ? offset : offset & -16);
        }
        long wrong = address;
        if (BLOCKS.stream().anyMatch(any -> any.address == wrong)) {
            return;
        }
        wrongCalls++;
        if (random.nextBoolean()) {
            UNSAFE.freeMemory(wrong);
        } else if (UNSAFE.reallocateMemory(wrong, size()) != 0) {
            unexpected++;
        }
    }

    private static void callWithWrongSize() {
        long bytes = IMPOSSIBLE[random.nextInt(IMPOSSIBLE.length)];
        try {
            UNSAFE.allocateMemory(bytes);
            unexpected++;
        } catch (IllegalArgumentException | OutOfMemoryError e) {
            // as stock
        }
        if (!BLOCKS.isEmpty()) {
            try {
                UNSAFE.reallocateMemory(BLOCKS.get(random.nextInt(BLOCKS.size())).address, bytes);
                unexpected++;
            } catch (IllegalArgumentException | OutOfMemoryError e) {
                // as stock, and the block is as it was
            }
        }
    }

    private static void duel(int bytes) throws InterruptedException {
        long[] blocks = new long[DUEL];
        AtomicInteger[] met = new AtomicInteger[DUEL];
        for (int i = 0; i < DUEL; i++) {
            blocks[i] = UNSAFE.allocateMemory(bytes);
            met[i] = new AtomicInteger();
        }
        CountDownLatch both = new CountDownLatch(2);
        Runnable free = () -> {
            for (int i = 0; i < DUEL; i++) {
                met[i].incrementAndGet();
                while (met[i].get() < 2) {
                    Thread.onSpinWait();
                }
                UNSAFE.freeMemory(blocks[i]);
            }
            both.countDown();
        };
        new Thread(free, "first").start();
        new Thread(free, "second").start();
        both.await();
    }

    private static long counter(String attribute) throws JMException {
        return (Long) ManagementFactory.getPlatformMBeanServer()
                .getAttribute(new ObjectName("zonal:type=Allocator"), attribute);
    }
}
