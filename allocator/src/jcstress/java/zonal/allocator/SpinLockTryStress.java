package zonal.allocator;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** {@link SpinLock#tryLock}: of two threads that try a lock that nobody holds, exactly one gets it. */
@JCStressTest
@Outcome(
        id = {"true, false", "false, true"},
        expect = Expect.ACCEPTABLE,
        desc = "One holds it.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Both hold it, or none.")
@State
public class SpinLockTryStress {

    private final SpinLock lock = new SpinLock();

    @Actor
    public void first(ZZ_Result result) {
        result.r1 = lock.tryLock();
    }

    @Actor
    public void second(ZZ_Result result) {
        result.r2 = lock.tryLock();
    }
}
