package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class CacheTableTest {

    private static final int THREADS = 100;

    /** What all caches may hold together is bounded, and when threads have ended the others may have more again. */
    @Test
    void theMoreThreadsHaveCachesTheLessEachMayHold() throws InterruptedException {
        CacheTable.sweep();
        long before = ThreadCache.mostGranted();
        CountDownLatch ready = new CountDownLatch(THREADS);
        CountDownLatch end = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                OwnCache.get();
                ready.countDown();
                Latches.await(end);
            }));
        }
        ready.await();
        assertThat(ThreadCache.mostGranted()).isLessThanOrEqualTo((64 << 20) / THREADS);
        end.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        HeapCheck.eventually(() -> {
            CacheTable.sweep();
            return assertThat(ThreadCache.mostGranted()).isGreaterThanOrEqualTo(before);
        });
    }
}
