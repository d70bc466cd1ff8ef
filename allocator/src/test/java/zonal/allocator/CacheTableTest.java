package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CacheTableTest {

    private static final int THREADS = 100;

    /** Threads that follow one another. */
    private static final int FOLLOWING = 20;

    private static final Duration LONGEST = Duration.ofSeconds(30);

    /** Most bytes of free blocks that the magazines of a cache may hold, however few caches there are. */
    private static final long MOST_GRANTED = 4 << 20;

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

    /** Each takes over the cache of one that has ended, also before the housekeeper comes. */
    @Test
    void threadsThatFollowOneAnotherDoNotNeedACacheEach() throws InterruptedException {
        OwnCache.get();
        int before = CacheTable.inUse();
        for (int i = 0; i < FOLLOWING; i++) {
            Thread.ofPlatform().start(OwnCache::get).join();
        }
        assertThat(CacheTable.inUse()).isLessThan(before + FOLLOWING / 2);
    }

    @Test
    void cachesThatWereEmptiedAreUsedAgain() throws InterruptedException {
        OwnCache.get();
        int before = CacheTable.count();
        for (int i = 0; i < FOLLOWING; i++) {
            Thread.ofPlatform().start(OwnCache::get).join();
            CacheTable.sweep();
        }
        assertThat(CacheTable.count()).isLessThan(before + FOLLOWING / 2);
    }

    /** Also one block of each class, which every magazine may hold. */
    @Test
    void howeverManySizesAThreadUsesItsCacheHoldsNoMoreThanItMay() {
        long cache = OwnCache.get();
        assertThat(cache).isNotZero();
        long most = MOST_GRANTED;
        for (int sizeClass = 1; sizeClass < SizeClasses.COUNT; sizeClass++) {
            int bytes = SizeClasses.size(sizeClass);
            most += bytes;
            long[] blocks = Blocks.takeEach(bytes == 0 ? 0 : 2 * Magazine.capacity(sizeClass), bytes);
            Blocks.freeEach(blocks);
            Blocks.freeEach(Blocks.takeEach(blocks.length, bytes));
        }
        assertThat(Memory.getLong(cache + ThreadCache.GRANTED)).isBetween(1L, most);
        OwnCache.drain();
    }

    @Test
    void aThreadThatCallsAFewTimesHasNoCacheOfItsOwn() throws InterruptedException {
        Allocator.start(); // whoever starts it makes many calls
        AtomicLong own = new AtomicLong(-1);
        Thread thread = Thread.ofPlatform().start(() -> {
            long[] blocks = Blocks.takeEach(OwnCache.FEW_CALLS, 40);
            own.set(CacheTable.mine());
            Blocks.freeEach(blocks);
        });
        thread.join();
        assertThat(own).hasValue(0);
    }

    /** And not only that which it came by first: the thread that has it may be stopped for long. */
    @Test
    void whoFindsAllSharedCachesInUseTakesWhicheverIsFreeFirst() throws InterruptedException {
        Allocator.start();
        AtomicLong entered = new AtomicLong();
        for (int i = 0; i < ThreadCache.SHARED; i++) {
            enter(entered).join();
        }
        try {
            // Those that they come by first are in the order of the threads' numbers: one of these is not, at least.
            for (int i = ThreadCache.SHARED - 1; i >= 0; i--) {
                Thread waiting = enter(entered);
                while (Arrays.stream(waiting.getStackTrace())
                        .noneMatch(frame -> frame.getMethodName().equals("sleepMicros"))) {
                    Thread.onSpinWait();
                }
                CacheTable.leave(CacheTable.address(i));
                assertThat(waiting.join(LONGEST)).isTrue();
                assertThat(entered).hasValue(CacheTable.address(i));
            }
        } finally {
            for (int i = 0; i < ThreadCache.SHARED; i++) {
                CacheTable.leave(CacheTable.address(i));
            }
        }
    }

    /** A thread that has no cache of its own, and leaves the shared one that it gets in use. */
    private static Thread enter(AtomicLong entered) {
        return Thread.ofPlatform().start(() -> entered.set(CacheTable.enter()));
    }

    /** A stack overflow may keep a thread from saying that it has freed its block: who revokes a bias of its cache would wait for it. */
    @Test
    void nobodyWaitsForTheFreeOfAThreadThatHasEnded() throws InterruptedException {
        AtomicLong cache = new AtomicLong();
        long block = Allocator.malloc(40);
        Thread thread = Thread.ofPlatform().start(() -> {
            cache.set(OwnCache.get());
            Bias.enter(cache.get(), block);
        });
        thread.join();
        assertThat(cache.get()).isNotZero();
        HeapCheck.eventually(() -> {
            CacheTable.sweep();
            return assertThat(Memory.getLong(cache.get() + ThreadCache.FREEING)).isZero();
        });
        Allocator.free(block);
    }
}
