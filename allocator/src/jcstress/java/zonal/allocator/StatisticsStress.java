package zonal.allocator;

import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * {@link Statistics#read} while a thread takes blocks: it stops nobody, and lags by no more than the calls under way.
 *
 * <p>Results: whether the count of mallocs lies between those that had returned before and those that had begun after; whether no other
 * count is negative, or more blocks live than that and one refill.
 */
@JCStressTest
@Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "What happened, and no more.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Negative, forgotten, or counted before it happened.")
@State
public class StatisticsStress {

    private static final int BYTES = 40;

    /** Blocks that a refill moves are counted as live while they are in neither heap nor magazine; it moves half a magazine at most. */
    private static final int MOST_REFILLED = Magazine.capacity(SizeClasses.of(BYTES)) / 2;

    private static final AtomicLong BEGUN = new AtomicLong();
    private static final AtomicLong RETURNED = new AtomicLong();
    private static final AtomicLong FREED = new AtomicLong();

    static {
        Allocator.start(); // the blocks of the warm-up are counted until it ends
    }

    private long block;

    @Actor
    public void malloc() {
        BEGUN.incrementAndGet();
        block = Allocator.malloc(BYTES);
        RETURNED.incrementAndGet();
    }

    @Actor
    public void read(ZZ_Result result) {
        long atLeast = RETURNED.get();
        VarHandle.fullFence();
        Statistics statistics = Statistics.read();
        VarHandle.fullFence();
        long atMost = BEGUN.get();
        long mallocs = statistics.allocationCount();
        result.r1 = atLeast <= mallocs && mallocs <= atMost;
        long mostLive = atMost - FREED.get() + MOST_REFILLED;
        result.r2 = statistics.liveBlocks() >= 0
                && statistics.liveBlocks() <= mostLive
                && statistics.liveBytes() >= 0
                && statistics.liveBytes() <= mostLive * SizeClasses.size(SizeClasses.of(BYTES))
                && statistics.freeCount() >= 0
                && statistics.zones().stream().allMatch(StatisticsStress::isPositive);
    }

    private static boolean isPositive(ZoneStatistics zone) {
        return zone.pages() >= 0
                && zone.liveBlocks() >= 0
                && zone.liveBytes() >= 0
                && zone.freeBytes() >= 0
                && zone.residentBytes() >= 0;
    }

    @Arbiter
    public void after() {
        Allocator.free(block);
        FREED.incrementAndGet();
    }
}
