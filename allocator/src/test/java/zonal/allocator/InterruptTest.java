package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A thread that is interrupted is served like any other, and is interrupted still: the allocator consumes neither that nor a permit to park. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class InterruptTest {

    private static final long[] SIZES = {1, 100, 1_000, 5_000, 32 << 10, 100_000, 3 << 20};
    private static final int ROUNDS = 300;

    @Test
    void noCallClearsTheInterruptOrFailsForIt() {
        try {
            Thread.currentThread().interrupt();
            for (long bytes : SIZES) {
                long[] blocks = new long[ROUNDS];
                for (int i = 0; i < ROUNDS; i++) {
                    blocks[i] = Allocator.calloc(1, bytes);
                }
                for (long block : blocks) {
                    Allocator.free(Allocator.realloc(block, bytes + 20));
                }
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
            }
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        HeapCheck.structure();
    }

    /** While it waits for a lock it is interrupted and unparked; both are there when the call is done. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void norDoesAWaitForALock(boolean virtual) throws InterruptedException {
        long before = Allocator.malloc(200_000);
        AtomicLong started = new AtomicLong();
        AtomicLong taken = new AtomicLong();
        AtomicLong interrupted = new AtomicLong();
        Runnable wait = () -> {
            started.incrementAndGet();
            taken.set(Allocator.realloc(before, 9_000_000));
            interrupted.set(Thread.currentThread().isInterrupted() ? 1 : 0);
            Thread.interrupted();
            LockSupport.park(this); // for ever, if its permit was used up
        };
        Thread thread;
        RunHeap.INSTANCE.lock();
        try {
            thread = virtual
                    ? Thread.ofVirtual().start(wait)
                    : Thread.ofPlatform().daemon().start(wait);
            while (started.get() == 0) {
                Thread.onSpinWait();
            }
            SystemCalls.sleepMicros(
                    50_000); // most likely it sleeps for the lock by now; if not, the test passes all the same
            thread.interrupt();
            LockSupport.unpark(thread);
            SystemCalls.sleepMicros(10_000);
            assertThat(taken.get()).isZero();
        } finally {
            RunHeap.INSTANCE.unlock();
        }
        thread.join();
        assertThat(taken.get()).isPositive();
        assertThat(interrupted.get()).isOne();
        Allocator.free(taken.get());
        HeapCheck.structure();
    }
}
