package zonal.allocator;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * {@link CacheTable}: the housekeeper sweeps the place of a thread that has ended, and at the same moment another thread takes it over, cache
 * and all. A compare-and-set decides; a cache that both got would be at two places sooner or later, or hand out a block twice.
 *
 * <p>Results: whether each cache is at one place; whether blocks are handed out once.
 */
@JCStressTest
@Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "One of them has the cache.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Both had it.")
@State
public class SweepStress {

    private static final int BLOCKS = 16;

    /** A cache that moves to another place while the table is read is seen twice; one that is at two places is seen so each time. */
    private static final int LOOKS = 10;

    private final Contender heir = Contender.rivals().getFirst();
    private final AtomicInteger meeting = new AtomicInteger();

    @Actor
    public void heir() {
        heir.contend(meeting);
    }

    @Actor
    public void sweeper() {
        meeting.incrementAndGet();
        while (meeting.get() < 2) {
            Thread.onSpinWait();
        }
        CacheTable.sweep();
        meeting.incrementAndGet();
    }

    @Arbiter
    public void after(ZZ_Result result) {
        result.r1 = IntStream.range(0, LOOKS).anyMatch(look -> eachCacheIsAtOnePlace());
        long[] blocks = LongStream.generate(() -> Allocator.malloc(Contender.BYTES))
                .limit(BLOCKS)
                .toArray();
        result.r2 = Arrays.stream(blocks).distinct().count() == BLOCKS;
        Arrays.stream(blocks).forEach(Allocator::free);
    }

    private static boolean eachCacheIsAtOnePlace() {
        long[] caches = IntStream.range(0, CacheTable.PLACES)
                .mapToLong(CacheTable::at)
                .filter(cache -> ThreadCache.index(cache) >= ThreadCache.SHARED)
                .toArray();
        return Arrays.stream(caches).distinct().count() == caches.length;
    }
}
