package zonal.samples.bench.workloads;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;

/**
 * Producers take batches of 4,096 blocks of 64 bytes, consumers free them, through one bounded stack: no block is freed by the thread that
 * took it. One operation: one block.
 */
final class Xmalloc implements Workload {
    private static final int BATCH = 4_096;
    private static final int BYTES = 64;
    private static final int PAIRS = Math.max(1, Team.THREADS / 2);
    private static final int ON_THE_WAY = 8 * PAIRS;

    private final Stack full = new Stack();
    private final Stack empty = new Stack();

    Xmalloc() {
        for (int i = 0; i < ON_THE_WAY; i++) {
            empty.push(new long[BATCH]);
        }
    }

    @Override
    public long run(long operations) throws InterruptedException {
        long batches = Math.ceilDiv(operations, (long) PAIRS * BATCH);
        Team.run(2 * PAIRS, member -> {
            for (long i = 0; i < batches; i++) {
                if (member % 2 == 0) {
                    long[] batch = empty.pop();
                    fill(batch);
                    full.push(batch);
                } else {
                    long[] batch = full.pop();
                    drain(batch);
                    empty.push(batch);
                }
            }
        });
        return batches * PAIRS * BATCH;
    }

    private static void fill(long[] batch) {
        for (int i = 0; i < BATCH; i++) {
            batch[i] = Blocks.take(BYTES);
        }
    }

    private static void drain(long[] batch) {
        for (int i = 0; i < BATCH; i++) {
            Blocks.give(batch[i], BYTES);
        }
    }

    /** Last in, first out; who finds it empty waits. */
    private static final class Stack {
        private final Deque<long[]> batches = new ArrayDeque<>();
        private final Semaphore filled = new Semaphore(0);

        void push(long[] batch) {
            synchronized (batches) {
                batches.push(batch);
            }
            filled.release();
        }

        long[] pop() throws InterruptedException {
            filled.acquire();
            synchronized (batches) {
                return batches.pop();
            }
        }
    }
}
