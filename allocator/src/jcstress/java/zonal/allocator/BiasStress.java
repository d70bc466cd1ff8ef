package zonal.allocator;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * One block freed by two threads at once, of which one has the {@link Bias} of its page, and so frees with a plain store, while the other revokes the
 * bias and frees by compare-and-set. Below {@link Allocator#free}, which would deal with a bad free each time.
 */
@JCStressTest
@Outcome(
        id = {"true, false", "false, true"},
        expect = Expect.ACCEPTABLE,
        desc = "One of them has freed it.")
@Outcome(
        id = "false, false",
        expect = Expect.ACCEPTABLE,
        desc = "None yet: no room in a new cache, or a compare-and-set that failed for no reason.")
@Outcome(id = "true, true", expect = Expect.FORBIDDEN, desc = "It lies in two magazines.")
@State
public class BiasStress {

    private static final int CLASS = SizeClasses.of(Sizes.FINE);

    private final AtomicInteger meeting = new AtomicInteger();
    private long block;

    @Actor
    public void owner(ZZ_Result result) {
        block = Allocator.malloc(Sizes.FINE);
        long cache = CacheTable.mine();
        if (cache != 0) { // else, once in a while, both do as the other does
            Memory.putShort(Bias.fineEntry(granule()), Memory.getShort(cache + ThreadCache.BIAS));
        }
        result.r1 = freeWithTheOther();
    }

    @Actor
    public void other(ZZ_Result result) {
        result.r2 = freeWithTheOther();
    }

    private long granule() {
        return BlockMap.fineGranule(block);
    }

    private boolean freeWithTheOther() {
        long cache = CacheTable.enter();
        meet(2);
        Bias.revokeOthers(cache, block);
        boolean mine = Magazine.putFine(cache, block, granule());
        meet(4); // before the block is taken again
        Magazine.makeRoom(cache, CLASS);
        CacheTable.leave(cache);
        return mine;
    }

    private void meet(int arrivals) {
        meeting.incrementAndGet();
        while (meeting.get() < arrivals) {
            Thread.onSpinWait();
        }
    }

    @Arbiter
    public void after(ZZ_Result result) {
        if (!result.r1 && !result.r2) {
            Allocator.free(block);
        }
    }
}
