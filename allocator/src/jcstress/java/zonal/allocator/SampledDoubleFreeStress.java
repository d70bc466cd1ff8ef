package zonal.allocator;

import java.util.concurrent.ThreadLocalRandom;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * {@link BlockMap#endSampled}, with which two threads begin that free one sampled block of a page at once: one of them is told that it was sampled. The
 * other would make a block live that the first has freed meanwhile. Of a run its life and its sample end as one: {@link DoubleFreeStress}.
 */
@JCStressTest
@Outcome(
        id = {"true, false", "false, true"},
        expect = Expect.ACCEPTABLE,
        desc = "One of them has ended the sample.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Both, or nobody.")
@State
public class SampledDoubleFreeStress {

    private final long block = Allocator.malloc(ThreadLocalRandom.current().nextBoolean() ? Sizes.FINE : Sizes.COARSE);

    public SampledDoubleFreeStress() {
        while (!BlockMap.isSampled(block)) {
            BlockMap.setSampled(block); // which may fail for no reason
        }
    }

    @Actor
    public void first(ZZ_Result result) {
        result.r1 = BlockMap.endSampled(block);
    }

    @Actor
    public void second(ZZ_Result result) {
        result.r2 = BlockMap.endSampled(block);
    }

    @Arbiter
    public void after() {
        Sampler.freed(block); // one of many is sampled indeed
        Allocator.free(block);
    }
}
