package zonal.allocator;

import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * A block that one thread takes and another frees: {@link BlockMap} and {@link RunSlot} leave the order of the two writes of its entry to
 * whatever the application passes the address with. Here that is the weakest there is, a release and an acquire.
 *
 * <p>Results: whether the receiver got the block; how often the block was handed out again in two mallocs; bad frees.
 */
@JCStressTest
@Outcome(id = "0, 0, 0", expect = Expect.ACCEPTABLE, desc = "The receiver came before the sender.")
@Outcome(id = "1, 1, 0", expect = Expect.ACCEPTABLE, desc = "Freed by the receiver, and its next block.")
@Outcome(id = "1, 0, 0", expect = Expect.ACCEPTABLE, desc = "Freed by the receiver, into a cache that others share.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A good free was called bad, or a block was handed out twice.")
@State
public class HandOverStress {

    private final int bytes = Sizes.any();
    private final AtomicLong passed = new AtomicLong();
    private boolean received;

    @Actor
    public void sender() {
        passed.setRelease(Allocator.malloc(bytes));
    }

    @Actor
    public void receiver(III_Result result) {
        long block = passed.getAcquire();
        if (block != 0) {
            received = true;
            result.r1 = 1;
            Allocator.free(block);
            long first = Allocator.malloc(bytes);
            long second = Allocator.malloc(bytes);
            result.r2 = (first == block ? 1 : 0) + (second == block ? 1 : 0);
            Allocator.free(first);
            Allocator.free(second);
        }
    }

    @Arbiter
    public void after(III_Result result) {
        if (!received) {
            Allocator.free(passed.get());
        }
        result.r3 = (int) BadCalls.count();
    }
}
