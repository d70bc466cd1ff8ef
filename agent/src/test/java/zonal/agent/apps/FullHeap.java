package zonal.agent.apps;

import java.lang.management.ManagementFactory;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import jdk.internal.misc.Unsafe;
import org.jspecify.annotations.Nullable;

/**
 * Fills the Java heap to the last object, again and again, while threads take, resize, exchange and free off-heap blocks, free and resize
 * what is none, and a management client looks. Prints what the calls threw, whether the blocks are whole, and what the bean counts when there is room again.
 */
public final class FullHeap {
    private static final Unsafe UNSAFE = Unsafe.getUnsafe();
    private static final int PHASES = 3;
    private static final int WORKERS = 2;
    private static final int BLOCKS = 100;
    private static final int CALLS = 300;
    private static final int BAD_CALLS = 5;
    private static final int LARGEST_PIECE = 1 << 20;
    private static final int MOST_PIECES_BACK = 40;
    private static final int LOOKS = 2;
    private static final int LOOKS_THAT_AGREE = 6;

    /** Where the address of a block lies that was swapped, or 0. */
    private static final long CELL = UNSAFE.allocateMemory(Long.BYTES);

    /** A piece of the heap that is used up; small ones are this and nothing else. */
    @SuppressWarnings("UnusedVariable") // the content only takes room
    private static final class Piece {
        final @Nullable Piece next;
        final byte @Nullable [] content;

        Piece(@Nullable Piece next, byte @Nullable [] content) {
            this.next = next;
            this.content = content;
        }
    }

    /**
     * Takes, resizes and frees blocks of its own, and at times swaps one for what the other worker left in the cell. A block holds its size
     * at its start, and the lower half of it at its end.
     */
    private static final class Worker implements Runnable {
        private final long[] blocks = new long[BLOCKS];
        private final SplittableRandom random;
        private final AtomicInteger phase = new AtomicInteger();
        private final AtomicInteger done = new AtomicInteger();
        private final AtomicInteger damaged = new AtomicInteger();

        /** No AtomicReference: its methods are linked when they are first used, and that takes Java heap memory. */
        private volatile @Nullable Throwable thrown;

        Worker(long seed) {
            random = new SplittableRandom(seed);
        }

        @Override
        public void run() {
            while (done.get() <= PHASES) {
                while (phase.get() == done.get()) {
                    Thread.onSpinWait();
                }
                try {
                    act();
                } catch (Throwable e) {
                    thrown = done.get() > 0 && thrown == null ? e : thrown;
                }
                done.incrementAndGet();
            }
        }

        /** The first time is before the heap is full, so that nothing of this class is used there for the first time, the catch included. */
        private void act() {
            for (int i = 0; i < CALLS; i++) {
                step();
            }
            if (done.get() == 0) {
                throw new IllegalStateException("a rehearsal");
            }
            for (int i = 0; i < BAD_CALLS; i++) {
                if (i > 0) {
                    UNSAFE.freeMemory(blocks[0] + i);
                } else if (UNSAFE.reallocateMemory(blocks[0] + 1, 64) != 0) {
                    damaged.incrementAndGet();
                }
            }
        }

        private void step() {
            int slot = 1 + random.nextInt(BLOCKS - 1);
            int size = 16 + random.nextInt(random.nextInt(10) == 0 ? 100_000 : 2_000);
            long block = blocks[slot];
            if (block == 0) {
                blocks[slot] = written(UNSAFE.allocateMemory(size), size);
                return;
            }
            verify(block);
            switch (random.nextInt(8)) {
                case 0 -> blocks[slot] = UNSAFE.getAndSetLong(null, CELL, block);
                case 1, 2, 3 -> blocks[slot] = written(UNSAFE.reallocateMemory(block, size), size);
                default -> {
                    UNSAFE.freeMemory(block);
                    blocks[slot] = 0;
                }
            }
        }

        private static long written(long block, int size) {
            UNSAFE.putLong(block, size);
            UNSAFE.putShort(block + size - 2, (short) size);
            return block;
        }

        private void verify(long block) {
            long size = UNSAFE.getLong(block);
            if (size < 16 || size >= 100_016 || UNSAFE.getShort(block + size - 2) != (short) size) {
                damaged.incrementAndGet();
            }
        }

        int live() {
            int live = 0;
            for (int slot = 1; slot < BLOCKS; slot++) {
                if (blocks[slot] != 0) {
                    verify(blocks[slot]);
                    live++;
                }
            }
            return live;
        }
    }

    private static @Nullable Piece pieces;
    private static int looksThatFailed;

    private FullHeap() {}

    public static void main(String[] arguments) throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        ObjectName bean = new ObjectName("zonal:type=Allocator");
        UNSAFE.putLong(CELL, 0);
        look(server, bean, 0);
        look(server, bean, 1);
        boolean lookedWell = looksThatFailed == 0;
        long before = liveBlocks(server, bean);
        Worker[] workers = new Worker[WORKERS];
        Thread[] threads = new Thread[WORKERS];
        for (int i = 0; i < WORKERS; i++) {
            workers[i] = new Worker(i);
            workers[i].blocks[0] = UNSAFE.allocateMemory(64);
            threads[i] = new Thread(workers[i], "worker");
            threads[i].start();
        }
        for (int phase = 0; phase <= PHASES; phase++) {
            if (phase > 0) {
                fill((phase - 1) * MOST_PIECES_BACK / PHASES);
            }
            for (Worker worker : workers) {
                worker.phase.incrementAndGet();
            }
            for (int i = 0; i < LOOKS && phase > 0; i++) {
                look(server, bean, phase);
            }
            for (int i = 0; i < WORKERS; i++) {
                while (workers[i].done.get() <= phase && threads[i].isAlive()) {
                    Thread.onSpinWait();
                }
            }
            pieces = null;
        }
        long swapped = UNSAFE.getLong(CELL);
        int live = WORKERS + (swapped == 0 ? 0 : 1);
        for (Worker worker : workers) {
            live += worker.live();
            System.out.println("damaged " + worker.damaged);
            System.out.println("thrown " + worker.thrown);
            if (worker.thrown != null) {
                worker.thrown.printStackTrace();
            }
        }
        System.out.println("looks that failed " + (lookedWell && looksThatFailed > 0));
        System.out.println("bad frees " + number(server, bean, "BadFreeCount"));
        System.out.println("lost " + (before + live - liveBlocks(server, bean)));
        System.out.println("housekeeper " + hasHousekeeper());
        System.out.println("listed "
                + ((String) server.invoke(bean, "show_alloc_mem", null, null))
                        .lines()
                        .filter(line -> line.endsWith(" bytes") && line.startsWith("0x"))
                        .count());
        UNSAFE.freeMemory(swapped);
        for (Worker worker : workers) {
            for (long block : worker.blocks) {
                UNSAFE.freeMemory(block);
            }
        }
        System.out.println("left " + (liveBlocks(server, bean) - before));
        // What is free goes back as ever: the housekeeper is at work.
        while (number(server, bean, "CachedBytes") > 1 << 20) {
            Thread.sleep(50);
        }
        System.out.println("end");
    }

    /** Leaves room for so many of the smallest pieces, so that what takes several objects fails at any of them. */
    private static void fill(int room) {
        int size = LARGEST_PIECE;
        while (size >= 0) {
            try {
                pieces = new Piece(pieces, size == 0 ? null : new byte[size]);
            } catch (OutOfMemoryError e) {
                size = size == 0 ? -1 : size < 64 ? 0 : size / 4;
            }
        }
        for (int i = 0; i < room && pieces != null; i++) {
            pieces = pieces.next;
        }
    }

    private static void look(MBeanServer server, ObjectName bean, int phase) {
        try {
            if ((phase & 1) == 0) {
                server.invoke(bean, "show_alloc_mem_ex", null, null);
            } else {
                number(server, bean, "LiveBytes");
                server.invoke(
                        bean, "dump", new Object[] {"full-" + System.nanoTime()}, new String[] {String.class.getName()
                        });
            }
        } catch (JMException | OutOfMemoryError | LinkageError | RuntimeException e) {
            looksThatFailed++; // as it must where the heap is full
        }
    }

    private static long number(MBeanServer server, ObjectName bean, String attribute) throws JMException {
        return (Long) server.getAttribute(bean, attribute);
    }

    /** What the housekeeper moves while it is counted may be counted twice, or not at all: so this looks until some looks agree. */
    private static long liveBlocks(MBeanServer server, ObjectName bean) throws JMException, InterruptedException {
        long blocks = -1;
        for (int same = 0; same < LOOKS_THAT_AGREE; ) {
            Thread.sleep(30);
            long now = number(server, bean, "LiveBlocks");
            same = now == blocks ? same + 1 : 0;
            blocks = now;
        }
        return blocks;
    }

    private static boolean hasHousekeeper() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().equals("zonal-housekeeper"));
    }
}
