package zonal.allocator;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.J_Result;

/**
 * {@link PageArea#committed()} is read without a lock: who got a block's address from another thread sees an area that the block
 * lies in. Blocks are kept, so that the area grows again and again.
 */
@JCStressTest
@Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "Not handed over yet.")
@Outcome(id = "" + SizeClasses.MAX, expect = Expect.ACCEPTABLE, desc = "Known to the receiver.")
@Outcome(id = "-1", expect = Expect.FORBIDDEN, desc = "A live block looked foreign.")
@State
public class CommittedStress {

    /** Of 32 KiB, untouched: an address space of 2 GiB. */
    private static final int MOST_KEPT = 1 << 16;

    private static final AtomicInteger KEPT = new AtomicInteger();

    private final AtomicLong passed = new AtomicLong();

    @Actor
    public void sender() {
        passed.setRelease(Allocator.malloc(SizeClasses.MAX));
    }

    @Actor
    public void receiver(J_Result result) {
        long block = passed.getAcquire();
        if (block != 0) {
            long usable = Allocator.usableSize(block);
            result.r1 = usable == 0 ? -1 : usable;
        }
    }

    @Arbiter
    public void after() {
        if (KEPT.incrementAndGet() > MOST_KEPT) {
            Allocator.free(passed.get());
        }
    }
}
