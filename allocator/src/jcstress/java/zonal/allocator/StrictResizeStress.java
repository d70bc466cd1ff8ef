package zonal.allocator;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/**
 * {@link StrictMappings}: one thread resizes the block that another frees. Either ends its life first, under the lock, and until the resize has put it back
 * there is no live block to free. It becomes shorter, and so stays where it is: a hole that one leaves may be the next one's place, whose address would be
 * freed by mistake.
 */
@JCStressTest
@Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "Live, mapped and shorter, or gone.")
@Outcome(id = "false", expect = Expect.FORBIDDEN, desc = "Both had it.")
@State
public class StrictResizeStress {

    private static final long LONG = 200_000;
    private static final long SHORT = 100_000;

    private final long block = StrictMappings.INSTANCE.take(LONG);
    private final AtomicInteger done = new AtomicInteger();
    private boolean lives;

    @Actor
    public void resize(Z_Result result) {
        boolean resized = StrictMappings.INSTANCE.resize(block, SHORT) == block;
        done.incrementAndGet();
        while (done.get() < 2) {
            Thread.onSpinWait();
        }
        // Asked here, while nobody takes a block.
        long usable = StrictMappings.INSTANCE.usableSize(block);
        lives = usable != 0;
        result.r1 = !lives || (resized && usable == StrictMappings.mapped(SHORT) && isMapped());
    }

    private boolean isMapped() {
        long answer = Allocator.malloc(RunHeap.pagesFor(SHORT));
        boolean mapped = SystemCalls.inMemory(block, StrictMappings.mapped(SHORT), answer) == 0;
        Allocator.free(answer);
        return mapped;
    }

    @Actor
    public void give() {
        StrictMappings.INSTANCE.give(block);
        done.incrementAndGet();
    }

    @Arbiter
    public void after() {
        if (lives) {
            StrictMappings.INSTANCE.give(block);
        }
    }
}
