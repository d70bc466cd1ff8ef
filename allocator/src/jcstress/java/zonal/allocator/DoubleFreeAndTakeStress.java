package zonal.allocator;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/** As {@link DoubleFreeStress}, but both threads then take a block at the same moment, too: they get two. */
@JCStressTest
@Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "Two blocks.")
@Outcome(id = "false", expect = Expect.FORBIDDEN, desc = "A block was handed out twice.")
@State
public class DoubleFreeAndTakeStress {

    private final int bytes = Sizes.any();
    private final long block = Allocator.malloc(bytes);
    private final AtomicInteger frees = new AtomicInteger();
    private long first;
    private long second;

    @Actor
    public void first() {
        freeWithTheOther();
        first = Allocator.malloc(bytes);
    }

    @Actor
    public void second() {
        freeWithTheOther();
        second = Allocator.malloc(bytes);
    }

    private void freeWithTheOther() {
        Allocator.free(block);
        frees.incrementAndGet();
        while (frees.get() < 2) {
            Thread.onSpinWait();
        }
    }

    @Arbiter
    public void after(Z_Result result) {
        result.r1 = first != second;
        Allocator.free(first);
        if (first != second) {
            Allocator.free(second);
        }
    }
}
