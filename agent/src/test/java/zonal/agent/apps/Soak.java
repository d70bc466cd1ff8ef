package zonal.agent.apps;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * All kinds of work at once, until a line comes on stdin: platform threads that stay and such that end soon, virtual threads that
 * change carriers, buffers and arenas, tides of many blocks. Each block is marked, and looked at before it goes. Says "ready", and at the end how many
 * calls there were and how many blocks were damaged.
 */
public final class Soak {
    private static final int STAYING = 3;
    private static final int SLOTS = 4_000;
    private static final int SHORT_LIFE = 2_000;
    private static final int VIRTUAL_AT_ONCE = 64;
    private static final int TIDE = 20_000;
    private static final int LARGEST_SEGMENT = 64 << 10;

    private static final MarkedBlocks BLOCKS = new MarkedBlocks(SLOTS, Soak::size);
    private static volatile boolean stopped;

    private Soak() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < STAYING; i++) {
            threads.add(start(i, BLOCKS::exchange));
        }
        threads.add(start(10, Soak::shortLives));
        threads.add(start(11, Soak::virtualThreads));
        threads.add(start(12, Soak::buffersAndArenas));
        threads.add(start(13, Soak::tides));
        System.out.println("ready");
        int answer = System.in.read();
        stopped = true;
        for (Thread thread : threads) {
            thread.join();
        }
        BLOCKS.giveAll();
        System.out.println("calls " + BLOCKS.calls());
        System.out.println("damaged " + BLOCKS.damaged());
        System.out.println("read " + answer);
    }

    private interface Work {
        void step(SplittableRandom random) throws InterruptedException;
    }

    private static Thread start(int seed, Work work) {
        Thread thread = new Thread(() -> {
            SplittableRandom random = new SplittableRandom(seed);
            while (!stopped) {
                try {
                    work.step(random);
                } catch (InterruptedException e) {
                    return;
                }
            }
        });
        // What fails is seen: the JVM prints it, and stderr must stay empty.
        thread.start();
        return thread;
    }

    private static void shortLives(SplittableRandom random) throws InterruptedException {
        SplittableRandom own = random.split();
        Thread thread = new Thread(() -> {
            for (int i = 0; i < SHORT_LIFE; i++) {
                BLOCKS.exchange(own);
            }
        });
        thread.start();
        thread.join();
    }

    @SuppressWarnings("ThreadPriorityCheck") // to have virtual threads change carriers in the middle
    private static void virtualThreads(SplittableRandom random) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < VIRTUAL_AT_ONCE; i++) {
            SplittableRandom own = random.split();
            threads.add(Thread.ofVirtual().start(() -> {
                for (int k = 0; k < 20; k++) {
                    BLOCKS.exchange(own);
                    Thread.yield();
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static void buffersAndArenas(SplittableRandom random) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(8 + random.nextInt(LARGEST_SEGMENT) / 8 * 8);
        requireZero(buffer.get(buffer.capacity() - 1));
        buffer.put(buffer.capacity() - 1, (byte) 1);
        try (Arena arena = random.nextBoolean() ? Arena.ofConfined() : Arena.ofShared()) {
            for (int i = 0; i < 10; i++) {
                MemorySegment segment = arena.allocate(1 + random.nextInt(LARGEST_SEGMENT));
                requireZero(segment.get(ValueLayout.JAVA_BYTE, segment.byteSize() - 1));
                segment.fill((byte) 7);
                BLOCKS.count();
            }
        }
    }

    private static void requireZero(byte value) {
        if (value != 0) {
            BLOCKS.reportDamage();
        }
    }

    private static void tides(SplittableRandom random) throws InterruptedException {
        long[] blocks = new long[1 + random.nextInt(TIDE)];
        for (int i = 0; i < blocks.length && !stopped; i++) {
            blocks[i] = BLOCKS.take(random);
        }
        for (long block : blocks) {
            BLOCKS.give(block);
        }
        Thread.sleep(random.nextInt(500));
    }

    private static int size(SplittableRandom random) {
        int kind = random.nextInt(1000);
        int most = kind < 600 ? 128 : kind < 900 ? 1_024 : kind < 995 ? 32 << 10 : 1 << 20;
        return random.nextInt(16, most);
    }
}
