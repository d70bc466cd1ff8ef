package zonal.samples.bench.workloads;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * mleak: rounds of ten threads; each takes 128 zeroed bytes, swaps them into a table of 1,000, frees what was there, and dies. Memory grows
 * where a thread's death leaves something behind. One operation: one thread.
 */
final class Mleak implements Workload {
    private static final int THREADS = 10;
    private static final int BYTES = 128;

    private final AtomicLongArray table = new AtomicLongArray(1_000);

    @Override
    public long run(long operations) throws InterruptedException {
        long rounds = Math.ceilDiv(operations, THREADS);
        for (long round = 0; round < rounds; round++) {
            int first = (int) (round * THREADS % table.length());
            Team.run(THREADS, member -> swap(first + member, Blocks.takeZeroed(BYTES)));
        }
        return rounds * THREADS;
    }

    @Override
    public void close() {
        for (int place = 0; place < table.length(); place++) {
            swap(place, 0);
        }
    }

    private void swap(int place, long block) {
        long old = table.getAndSet(place, block);
        if (old != 0) {
            Blocks.give(old, BYTES);
        }
    }
}
