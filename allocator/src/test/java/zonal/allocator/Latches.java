package zonal.allocator;

import java.util.concurrent.CountDownLatch;

/** Waiting for a latch where nobody interrupts. */
final class Latches {

    private Latches() {}

    static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
