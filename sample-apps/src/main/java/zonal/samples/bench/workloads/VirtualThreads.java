package zonal.samples.bench.workloads;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Virtual threads that all live at once. Each takes 8 blocks of up to 512 bytes, waits until every other has, replaces them at random,
 * yielding after every 64, and frees them. One operation: one block.
 */
final class VirtualThreads implements Workload {
    private static final int SLOTS = 8;
    private static final int MOST_BYTES = 512;
    private static final int BURST = 64;

    private final int threads;

    VirtualThreads(int threads) {
        this.threads = threads;
    }

    @Override
    public long run(long operations) throws InterruptedException {
        int bursts = (int) Math.ceilDiv(operations, (long) threads * BURST);
        CountDownLatch ready = new CountDownLatch(threads);
        CountDownLatch done = new CountDownLatch(threads);
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        for (int i = 0; i < threads; i++) {
            int seed = i;
            Thread.startVirtualThread(() -> {
                try {
                    live(new Dice(seed), ready, bursts);
                } catch (Throwable thrown) {
                    failure.compareAndSet(null, thrown);
                    ready.countDown();
                } finally {
                    done.countDown();
                }
            });
        }
        done.await();
        Team.rethrow(failure.get());
        return (long) threads * bursts * BURST;
    }

    @SuppressWarnings("ThreadPriorityCheck") // what is measured is a thread that gives way
    private static void live(Dice dice, CountDownLatch ready, int bursts) throws InterruptedException {
        Slots slots = new Slots(SLOTS);
        for (int slot = 0; slot < SLOTS; slot++) {
            slots.take(slot, dice.between(1, MOST_BYTES));
        }
        ready.countDown();
        ready.await();
        for (int i = 0; i < bursts; i++) {
            burst(slots, dice);
            Thread.yield();
        }
        slots.clear();
    }

    private static void burst(Slots slots, Dice dice) {
        for (int i = 0; i < BURST; i++) {
            slots.replace(dice.below(SLOTS), dice.between(1, MOST_BYTES));
        }
    }
}
