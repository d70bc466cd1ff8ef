package zonal.agent.apps;

import java.lang.management.ManagementFactory;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import jdk.internal.misc.Unsafe;
import org.jspecify.annotations.Nullable;

/**
 * Fills the Java heap to the last object, again and again, while threads take, resize and free off-heap blocks, free what is none, and a
 * management client looks. Prints what the calls threw, whether the blocks are whole, and what the bean counts when there is room again.
 */
public final class FullHeap {
    private static final Unsafe UNSAFE = Unsafe.getUnsafe();
    private static final int PHASES = 3;
    private static final int WORKERS = 2;
    private static final int BLOCKS = 100;
    private static final int CALLS = 300;
    private static final int BAD_FREES = 5;
    private static final int LARGEST_PIECE = 1 << 20;
    private static final int MOST_PIECES_BACK = 40;
    private static final int LOOKS = 2;

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

    private static final class Worker implements Runnable {
        private final long[] blocks = new long[BLOCKS];
        private final int[] sizes = new int[BLOCKS];
        private final SplittableRandom random;
        private final AtomicInteger phase = new AtomicInteger();
        private final AtomicInteger done = new AtomicInteger();
        private final AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
        private final AtomicInteger damaged = new AtomicInteger();

        Worker(long seed) {
            random = new SplittableRandom(seed);
        }

        @Override
        public void run() {
            // The first is before the heap is full, so that nothing of this class is used there for the first time.
            while (done.get() <= PHASES) {
                while (phase.get() == done.get()) {
                    Thread.onSpinWait();
                }
                try {
                    for (int i = 0; i < CALLS; i++) {
                        step();
                    }
                    for (int i = 0; i < BAD_FREES && done.get() > 0; i++) {
                        UNSAFE.freeMemory(blocks[0] == 0 ? Long.MIN_VALUE : blocks[0] + 1);
                    }
                } catch (Throwable e) {
                    thrown.compareAndSet(null, e);
                }
                done.incrementAndGet();
            }
        }

        private void step() {
            int slot = 1 + random.nextInt(BLOCKS - 1);
            int size = 16 + random.nextInt(random.nextInt(10) == 0 ? 100_000 : 2_000);
            if (blocks[slot] == 0) {
                blocks[slot] = UNSAFE.allocateMemory(size);
            } else if (random.nextBoolean()) {
                verify(slot);
                blocks[slot] = UNSAFE.reallocateMemory(blocks[slot], size);
            } else {
                verify(slot);
                UNSAFE.freeMemory(blocks[slot]);
                blocks[slot] = 0;
                return;
            }
            sizes[slot] = size;
            UNSAFE.putLong(blocks[slot], slot);
            UNSAFE.putByte(blocks[slot] + size - 1, (byte) slot);
        }

        private void verify(int slot) {
            if (UNSAFE.getLong(blocks[slot]) != slot || UNSAFE.getByte(blocks[slot] + sizes[slot] - 1) != (byte) slot) {
                damaged.incrementAndGet();
            }
        }

        int live() {
            int live = 0;
            for (int slot = 1; slot < BLOCKS; slot++) {
                if (blocks[slot] != 0) {
                    verify(slot);
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
        long before = number(server, bean, "LiveBlocks");
        Worker[] workers = new Worker[WORKERS];
        for (int i = 0; i < WORKERS; i++) {
            workers[i] = new Worker(i);
            workers[i].blocks[0] = UNSAFE.allocateMemory(64);
            new Thread(workers[i], "worker").start();
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
            for (Worker worker : workers) {
                while (worker.done.get() <= phase) {
                    Thread.onSpinWait();
                }
            }
            pieces = null;
        }
        int live = WORKERS;
        for (Worker worker : workers) {
            live += worker.live();
            System.out.println("damaged " + worker.damaged);
            System.out.println("thrown " + worker.thrown);
        }
        System.out.println("looks that failed " + (looksThatFailed > 0));
        System.out.println("bad frees " + number(server, bean, "BadFreeCount"));
        System.out.println("lost " + (before + live - number(server, bean, "LiveBlocks")));
        System.out.println("housekeeper " + hasHousekeeper());
        System.out.println("listed "
                + ((String) server.invoke(bean, "show_alloc_mem", null, null))
                        .lines()
                        .filter(line -> line.endsWith(" bytes") && line.startsWith("0x"))
                        .count());
        for (Worker worker : workers) {
            for (long block : worker.blocks) {
                UNSAFE.freeMemory(block);
            }
        }
        System.out.println("left " + (number(server, bean, "LiveBlocks") - before));
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
        } catch (JMException | OutOfMemoryError | RuntimeException e) {
            looksThatFailed++; // as it must where the heap is full
        }
    }

    private static long number(MBeanServer server, ObjectName bean, String attribute) throws JMException {
        return (Long) server.getAttribute(bean, attribute);
    }

    private static boolean hasHousekeeper() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().equals("zonal-housekeeper"));
    }
}
