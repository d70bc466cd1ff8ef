package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Of which threads the cache may be taken away. That it is, and what comes of it: {@link ThreadsTest}. */
class IdleCachesTest {

    private final CountDownLatch end = new CountDownLatch(1);

    @AfterEach
    void observeNoMore() {
        Allocator.observe(null);
    }

    @Test
    void aThreadThatWaitsElsewhereIsOutside() throws InterruptedException {
        Thread thread = start(() -> Latches.await(end));
        awaitWaiting(thread);
        assertThat(IdleCaches.isOutside(thread)).isTrue();
        end.countDown();
        thread.join();
    }

    /** In Java code of its own, compiled or not, it may have read whose its cache is already. */
    @Test
    void aThreadThatRunsIsNot() throws InterruptedException {
        AtomicBoolean runs = new AtomicBoolean();
        AtomicBoolean stop = new AtomicBoolean();
        Thread thread = start(() -> {
            runs.set(true);
            while (!stop.get()) {
                Thread.onSpinWait();
            }
        });
        while (thread.isAlive() && !runs.get()) {
            Thread.onSpinWait();
        }
        for (int i = 0; i < 100; i++) {
            assertThat(IdleCaches.isOutside(thread)).isFalse();
        }
        stop.set(true);
        thread.join();
    }

    @Test
    void norIsOneThatWaitsInACallOfTheAllocator() throws InterruptedException {
        Thread thread = startInACall();
        assertThat(IdleCaches.isOutside(thread)).isFalse();
        end.countDown();
        thread.join();
    }

    /** It goes on with its cache, and leaves that to others when it ends. */
    @Test
    void aCacheThatCouldNotBeTakenAwayIsItsThreadsUntilThatEnds() throws InterruptedException {
        Thread thread = startInACall();
        int place = (int) thread.threadId() & (CacheTable.PLACES - 1);
        long cache = CacheTable.at(place);
        assertThat(CacheTable.retire(place, Housekeeper.now())).isFalse();
        assertThat(ThreadCache.owner(cache)).isEqualTo(thread.threadId());
        end.countDown();
        thread.join();
        HeapCheck.eventually(() -> {
            CacheTable.sweep();
            return assertThat(CacheTable.isShared(CacheTable.at(place))).isTrue();
        });
        HeapCheck.quiet();
    }

    /** Its few calls from then on are no reason for another one. */
    @Test
    void aThreadWhoseCacheWasTakenAwayBeginsAnew() throws InterruptedException {
        AtomicLong afterFewCalls = new AtomicLong(-1);
        AtomicLong afterMany = new AtomicLong();
        Thread thread = start(() -> {
            Latches.await(end);
            long[] blocks = Blocks.takeEach(OwnCache.FEW_CALLS, 40);
            afterFewCalls.set(CacheTable.mine());
            Blocks.freeEach(blocks);
            afterMany.set(OwnCache.get());
        });
        awaitWaiting(thread);
        int place = (int) thread.threadId() & (CacheTable.PLACES - 1);
        HeapCheck.eventually(() -> assertThat(CacheTable.retire(place, Housekeeper.now()))
                .isTrue()); // the housekeeper may have it in hand
        end.countDown();
        thread.join();
        assertThat(afterFewCalls).hasValue(0);
        assertThat(afterMany).doesNotHaveValue(0);
        HeapCheck.quiet();
    }

    /** The memory of what it held goes back, and not that of its counts. */
    @Test
    void howOftenItWasCalledIsKnownOfACacheThatWasTakenAway() throws InterruptedException {
        Thread thread = start(() -> {
            for (int sizeClass = 1; sizeClass < SizeClasses.COUNT; sizeClass++) {
                Allocator.free(Allocator.malloc(SizeClasses.size(sizeClass)));
            }
            Latches.await(end);
        });
        awaitWaiting(thread);
        int place = (int) thread.threadId() & (CacheTable.PLACES - 1);
        long cache = CacheTable.at(place);
        long[] taken = new long[SizeClasses.COUNT];
        for (int sizeClass = 1; sizeClass < SizeClasses.COUNT; sizeClass++) {
            taken[sizeClass] = Magazine.taken(cache, sizeClass);
        }
        HeapCheck.eventually(() -> assertThat(CacheTable.retire(place, Housekeeper.now()))
                .isTrue()); // the housekeeper may have it in hand
        for (int sizeClass = 1; sizeClass < SizeClasses.COUNT; sizeClass++) {
            assertThat(Magazine.taken(cache, sizeClass)).isEqualTo(taken[sizeClass]);
        }
        end.countDown();
        thread.join();
    }

    /** A thread with a cache of its own, which then waits in a call of free: there an observer keeps it. */
    private Thread startInACall() {
        Allocator.observe(new Observer() {
            @Override
            public void badCall(String call, long address, String reason) {
                Latches.await(end);
            }

            @Override
            public void sampled(long block, long bytes, long weight) {}
        });
        Thread thread = start(() -> Allocator.tryFree(Range.END - 4096));
        awaitWaiting(thread);
        return thread;
    }

    private static Thread start(Runnable act) {
        return Thread.ofPlatform().start(() -> {
            OwnCache.get();
            act.run();
        });
    }

    private static void awaitWaiting(Thread thread) {
        while (thread.isAlive() && thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
    }
}
