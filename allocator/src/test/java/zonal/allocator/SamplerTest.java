package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The sampler, called as the allocator calls it, with addresses that are nobody's. */
class SamplerTest {

    private static final long NOBODYS = 1 << 20;
    private static final int TRIES = 300;
    private static final long BYTES = 1 << 30; // far above the mean: it stands for itself

    /** Not first where the stack ends: a class whose initialisation fails there is lost for good. */
    @BeforeAll
    static void start() {
        Allocator.start();
    }

    @Test
    void aSampledBlockIsKnownUntilItIsFreed() {
        Sampler.sampled(NOBODYS, BYTES, 0, true);
        assertThat(Sampler.at(NOBODYS)).isNotNull().satisfies(block -> {
            assertThat(block.address()).isEqualTo(NOBODYS);
            assertThat(block.bytes()).isEqualTo(BYTES);
            assertThat(block.thread()).isEqualTo(Thread.currentThread().getName());
            assertThat(block.ageNanos()).isNotNegative();
            assertThat(block.frames()).isNotEmpty();
        });
        assertThat(Sampler.liveSites(1).getFirst().liveBytes()).isGreaterThanOrEqualTo(BYTES);
        Sampler.resized(NOBODYS, 2 * BYTES);
        assertThat(Sampler.at(NOBODYS))
                .isNotNull()
                .satisfies(block -> assertThat(block.bytes()).isEqualTo(2 * BYTES));
        Sampler.freed(NOBODYS);
        assertThat(Sampler.at(NOBODYS)).isNull();
        assertThat(Sampler.liveSites(Integer.MAX_VALUE))
                .allSatisfy(site -> assertThat(site.liveBytes()).isLessThan(BYTES));
        assertThat(Sampler.sites().stream().mapToLong(LiveSite::takenBytes).sum())
                .isGreaterThanOrEqualTo(BYTES);
    }

    @Test
    void sitesThatHoldNothingMakeRoomForNewOnes() {
        for (int path = 0; path < 2 * SiteTable.MOST_SITES; path++) {
            sampleByAWayOfItsOwn(path, 2 * SiteTable.MOST_SITES);
        }
        Sampler.keepHouse();
        Sampler.sampled(NOBODYS, BYTES, 0, true);
        assertThat(Sampler.at(NOBODYS))
                .isNotNull()
                .satisfies(block -> assertThat(block.frames()).isNotEmpty());
        Sampler.freed(NOBODYS);
    }

    /** Goes one way or the other at each bit of {@code path}, which is below {@code end}: a stack for each. */
    private static void sampleByAWayOfItsOwn(int path, int end) {
        if (end == 1) {
            Sampler.sampled(NOBODYS, BYTES, 0, true);
            Sampler.freed(NOBODYS);
        } else if (path % 2 == 0) {
            sampleByAWayOfItsOwn(path / 2, end / 2);
        } else {
            sampleByAWayOfItsOwn((path - 1) / 2, end / 2);
        }
    }

    @Test
    void aSampledBlockOfAPageThatIsResizedWhereItIsIsKnownWithItsNewSize() {
        long block = Allocator.malloc(1_000);
        while (Sampler.at(block) == null) {
            Allocator.free(block);
            block = Allocator.malloc(1_000);
        }
        assertThat(Allocator.realloc(block, 1_005)).isEqualTo(block);
        assertThat(Sampler.at(block))
                .isNotNull()
                .satisfies(sampled -> assertThat(sampled.bytes()).isEqualTo(1_005));
        Allocator.free(block);
    }

    /** Else what the run grows by later would be no sample's. */
    @Test
    void aRunThatBecameTooShortForItsSampleIsAsAnyOther() {
        for (boolean ended = false; !ended; ) {
            long block = Allocator.malloc(1 << 20);
            boolean sampled = RunHeap.INSTANCE.isSampled(block);
            assertThat(Allocator.realloc(block, 40_000)).isEqualTo(block);
            assertThat(RunHeap.INSTANCE.isSampled(block)).isEqualTo(Sampler.at(block) != null);
            ended = sampled && Sampler.at(block) == null;
            Allocator.free(block);
        }
    }

    @Test
    void aThreadWithoutANameIsToldByItsNumber() throws Exception {
        for (Thread.Builder builder :
                List.of(Thread.ofVirtual(), Thread.ofPlatform().name(""))) {
            Thread thread = builder.start(() -> Sampler.sampled(NOBODYS, BYTES, 0, true));
            thread.join();
            assertThat(Sampler.at(NOBODYS))
                    .isNotNull()
                    .satisfies(block -> assertThat(block.thread()).isEqualTo("#" + thread.threadId()));
            Sampler.freed(NOBODYS);
        }
    }

    @Test
    void aThreadInsideTheSamplerIsNotSampled() {
        AtomicInteger heard = new AtomicInteger();
        Allocator.observe(new Observer() {
            @Override
            public void badCall(String call, long address, String reason) {}

            @Override
            public void sampled(long block, long bytes, long weight) {
                heard.incrementAndGet();
                assertThat(weight).isEqualTo(bytes);
                Sampler.sampled(block + 16, bytes, 0, true);
                throw new IllegalStateException("an observer that throws");
            }
        });
        Sampler.sampled(NOBODYS, BYTES, 0, true);
        Sampler.sampled(NOBODYS + 32, BYTES, 0, true);
        Allocator.observe(null);
        assertThat(heard.get()).isEqualTo(2);
        assertThat(Sampler.at(NOBODYS)).isNotNull();
        assertThat(Sampler.at(NOBODYS + 16)).isNull();
        assertThat(Sampler.at(NOBODYS + 32)).isNotNull();
        Sampler.freed(NOBODYS);
        Sampler.freed(NOBODYS + 32);
    }

    /** What a block grows by in place is live there, and was not taken. */
    @Test
    void aBlockThatIsSampledAsItGrowsIsNoneThatWasTaken() {
        AtomicInteger heard = new AtomicInteger();
        Allocator.observe(new Observer() {
            @Override
            public void badCall(String call, long address, String reason) {}

            @Override
            public void sampled(long block, long bytes, long weight) {
                heard.incrementAndGet();
            }
        });
        Sampler.sampled(NOBODYS, BYTES, 0, false);
        Allocator.observe(null);
        assertThat(heard.get()).isZero();
        assertThat(Sampler.at(NOBODYS)).isNotNull();
        Sampler.freed(NOBODYS);
    }

    /** A step is written in two bits. */
    @Test
    void howeverMuchIsSampledNoStepIsCoarserThanTheCoarsest() {
        int highest = 0;
        for (int i = 0; i < 50_000; i++) {
            Sampler.sampled(NOBODYS, BYTES, 0, true);
            highest = Math.max(highest, Sampler.step());
        }
        Sampler.freed(NOBODYS);
        assertThat(highest).isEqualTo(Sampler.COARSEST);
    }

    @Test
    void insideIsEachThreadOnce() {
        Inside inside = new Inside();
        assertThat(inside.enter(5)).isTrue();
        assertThat(inside.enter(5)).isFalse();
        for (int i = 1; i < 8; i++) {
            assertThat(inside.enter(5 + 128 * i)).isTrue(); // the same bucket
        }
        assertThat(inside.enter(5 + 128 * 8)).isFalse(); // full: not sampled
        inside.leave(5);
        assertThat(inside.enter(5 + 128 * 7)).isFalse();
        assertThat(inside.enter(5)).isTrue();
    }

    @Test
    void whereverTheStackEndsOnlyTheSampleIsLost() throws Exception {
        AtomicInteger deepest = new AtomicInteger();
        AtomicInteger sampled = new AtomicInteger();
        AtomicInteger tried = new AtomicInteger();
        Thread thread = new Thread(null, () -> descend(deepest, tried, sampled), "deep", 512 << 10);
        thread.start();
        thread.join();
        assertThat(deepest.get()).isGreaterThan(100);
        assertThat(sampled.get())
                .isBetween(1, TRIES); // further up there was room, and the thread could be sampled again
        assertThat(Sampler.at(NOBODYS)).isNull();
        Sampler.sampled(NOBODYS, BYTES, 0, true);
        assertThat(Sampler.at(NOBODYS)).isNotNull();
        Sampler.freed(NOBODYS);
    }

    /** Down to the end of the stack, and on the way back a sample at each of the last depths. */
    @SuppressWarnings("InfiniteRecursion") // on purpose
    private static void descend(AtomicInteger depth, AtomicInteger tried, AtomicInteger sampled) {
        depth.incrementAndGet();
        try {
            descend(depth, tried, sampled);
        } catch (StackOverflowError e) {
            // So near to the end that the next call may not have its frame.
        }
        if (tried.get() < TRIES) {
            try {
                StackProbe.near(); // as every way to the sampler begins
                tried.incrementAndGet();
                Sampler.sampled(NOBODYS, BYTES, 0, true);
                if (Sampler.at(NOBODYS) != null) {
                    sampled.incrementAndGet();
                }
                Sampler.freed(NOBODYS);
            } catch (StackOverflowError e) {
                // The call itself did not fit: its caller deals with that.
            }
        }
    }

    @Test
    void betweenSamplesNothingIsTakenOnTheJavaHeap() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long intervals = 0;
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 20_000; i++) {
            intervals += Sampler.nextInterval(0);
            Sampler.freed(NOBODYS);
            Sampler.resized(NOBODYS, i);
        }
        long taken = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(intervals).isPositive();
        assertThat(taken).isLessThan(20_000); // the first call of the bean itself takes some
    }
}
