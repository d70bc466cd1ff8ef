package zonal.allocator;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** {@link SpinLock}: one holder at a time, and what it wrote is seen by the next. */
@JCStressTest
@Outcome(
        id = {"1, 2, 2", "2, 1, 2"},
        expect = Expect.ACCEPTABLE,
        desc = "One after the other.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Both held it, or one did not see the other's write.")
@State
public class SpinLockStress {

    private final SpinLock lock = new SpinLock();
    private int counter;

    @Actor
    public void first(III_Result result) {
        result.r1 = increment();
    }

    @Actor
    public void second(III_Result result) {
        result.r2 = increment();
    }

    private int increment() {
        lock.lock();
        try {
            return ++counter;
        } finally {
            lock.unlock();
        }
    }

    @Arbiter
    public void after(III_Result result) {
        result.r3 = counter;
    }
}
