package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The backlog, called as a thread that flushes calls it while another one is stopped in the heaps. */
class BacklogTest {

    private static final int CAPACITY = 1 << 15;

    private static final int SMALLEST = SizeClasses.of(16);

    private static final Duration LONGEST = Duration.ofSeconds(60);

    private final long cache = OwnCache.get();

    @Test
    void itTakesNoMoreThanItHoldsAndGivesAllOfItBack() {
        OwnCache.drainAll();
        int more = 100;
        int blocks = CAPACITY + more;
        long slots = Allocator.malloc((long) blocks << 3);
        for (int got = 0; got < blocks; ) {
            got += PageHeap.refill(cache, SMALLEST, slots + ((long) got << 3), blocks - got);
        }
        lockHeaps(true);
        int put = 0;
        boolean fits;
        boolean fitsInPart;
        try {
            while (put < CAPACITY - more && Backlog.put(SMALLEST, slots + ((long) put << 3), more)) {
                put += more;
            }
            fitsInPart = Backlog.put(SMALLEST, slots + ((long) put << 3), CAPACITY - put + 1);
            fits = Backlog.put(SMALLEST, slots + ((long) put << 3), CAPACITY - put);
        } finally {
            lockHeaps(false);
        }
        PageHeap.flush(SMALLEST, slots + ((long) CAPACITY << 3), more, Housekeeper.now());
        assertThat(fitsInPart).isFalse();
        assertThat(fits).isTrue();
        OwnCache.drainAll();
        Allocator.free(slots);
        HeapCheck.quiet();
    }

    /** Where nobody flushes, they would wait for ever. */
    @Test
    void theHousekeeperGivesBackWhatIsLeft() {
        int blocks = 10;
        long slots = Allocator.malloc(blocks << 3);
        int got = PageHeap.refill(cache, SMALLEST, slots, blocks);
        OwnCache.drainAll();
        assertThat(Backlog.put(SMALLEST, slots, got)).isTrue();
        assertTimeoutPreemptively(LONGEST, () -> {
            while (Backlog.count() > 0) {
                SystemCalls.sleepMicros(10_000);
            }
        });
        Allocator.free(slots);
        HeapCheck.quiet();
    }

    @Test
    void whatWaitsThereIsNotLive() {
        int blocks = 10;
        long slots = Allocator.malloc(blocks << 3);
        OwnCache.drainAll();
        long live = Statistics.read().liveBlocks();
        int got = PageHeap.refill(cache, SMALLEST, slots, blocks);
        assertThat(Statistics.read().liveBlocks()).isEqualTo(live + got);
        assertThat(Backlog.put(SMALLEST, slots, got)).isTrue();
        assertThat(Statistics.read().liveBlocks()).isEqualTo(live);
        OwnCache.drainAll();
        Allocator.free(slots);
        HeapCheck.quiet();
    }

    /** Not only the housekeeper, which comes when it gets a processor. */
    @Test
    void whoFlushesGivesAFewBack() {
        int blocks = 10;
        long slots = Allocator.malloc((blocks + 1) << 3);
        OwnCache.drainAll();
        int got = PageHeap.refill(cache, SMALLEST, slots, blocks);
        int more = PageHeap.refill(cache, SMALLEST, slots + ((long) got << 3), 1);
        assertThat(Backlog.put(SMALLEST, slots, got)).isTrue();
        PageHeap.flush(SMALLEST, slots + ((long) got << 3), more, Housekeeper.now());
        assertThat(Backlog.count()).isZero();
        Allocator.free(slots);
        HeapCheck.quiet();
    }

    /** All that follow one another of a heap, and each once: one that lay there twice would be given back while it is in use again. */
    @Test
    void whatIsFlushedWhileAThreadIsStoppedInTheHeapLiesThereOnce() {
        int blocks = 10;
        long slots = Allocator.malloc(blocks << 3);
        OwnCache.drainAll();
        int got = PageHeap.refill(cache, SMALLEST, slots, blocks);
        lockHeaps(true);
        int waiting;
        try {
            PageHeap.flush(SMALLEST, slots, got, Housekeeper.now());
            waiting = Backlog.count();
        } finally {
            lockHeaps(false);
        }
        assertThat(got).isGreaterThan(1);
        assertThat(waiting).isEqualTo(got);
        OwnCache.drainAll();
        Allocator.free(slots);
        HeapCheck.quiet();
    }

    /** The heaps of the class, as threads that are stopped there have them locked; or unlocks them. */
    private static void lockHeaps(boolean lock) {
        for (int stripe = 0; stripe < ThreadCache.STRIPES; stripe++) {
            if (lock) {
                PageHeap.of(stripe, SMALLEST).lock();
            } else {
                PageHeap.of(stripe, SMALLEST).unlock();
            }
        }
    }
}
