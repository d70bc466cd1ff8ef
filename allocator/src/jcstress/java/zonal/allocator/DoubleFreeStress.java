package zonal.allocator;

import java.util.Arrays;
import java.util.stream.LongStream;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/**
 * One block freed by two threads at once: LIVE is cleared by compare-and-set ({@link BlockMap}, {@link Run#endLife}), so one of them frees it and
 * the block lies in one magazine or slot. A thread that takes more blocks than were free gets each address once.
 */
@JCStressTest
@Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "Each block was handed out once.")
@Outcome(id = "false", expect = Expect.FORBIDDEN, desc = "A block was handed out while it was live.")
@State
public class DoubleFreeStress {

    private static final int BLOCKS = 8;

    private final int bytes = Sizes.any();
    private final long block = Allocator.malloc(bytes);

    @Actor
    public void first() {
        Allocator.free(block);
    }

    @Actor
    public void second() {
        Allocator.free(block);
    }

    @Arbiter
    public void after(Z_Result result) {
        long[] blocks =
                LongStream.generate(() -> Allocator.malloc(bytes)).limit(BLOCKS).toArray();
        result.r1 = Arrays.stream(blocks).distinct().count() == BLOCKS;
        Arrays.stream(blocks).forEach(Allocator::free);
    }
}
