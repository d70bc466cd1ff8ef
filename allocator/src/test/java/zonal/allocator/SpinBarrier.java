package zonal.allocator;

import java.util.concurrent.atomic.AtomicInteger;

/** Where threads wait for each other without sleeping, so that they go on at the same moment. */
final class SpinBarrier {

    private static final long LONGEST_WAIT_NANOS = 30_000_000_000L;

    private final int threads;
    private final AtomicInteger arrived = new AtomicInteger();

    SpinBarrier(int threads) {
        this.threads = threads;
    }

    @SuppressWarnings("ThreadPriorityCheck") // so that it ends soon on one processor, too
    void await() {
        int all = (arrived.getAndIncrement() / threads + 1) * threads;
        long start = System.nanoTime();
        for (int spin = 0; arrived.get() < all; spin++) {
            if (spin > 1_000) {
                Thread.yield();
                if (System.nanoTime() - start > LONGEST_WAIT_NANOS) {
                    throw new AssertionError("another thread does not come: it has failed");
                }
            }
        }
    }
}
