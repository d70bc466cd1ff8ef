package zonal.allocator;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Shows that jcstress runs in this build; make room for the first real test. */
@JCStressTest
@Outcome(id = "1, 2", expect = Expect.ACCEPTABLE, desc = "First, then second.")
@Outcome(id = "2, 1", expect = Expect.ACCEPTABLE, desc = "Second, then first.")
@State
public class PlaceholderStress {
    private int counter;

    @Actor
    public void first(II_Result result) {
        result.r1 = next();
    }

    @Actor
    public void second(II_Result result) {
        result.r2 = next();
    }

    private synchronized int next() {
        return ++counter;
    }
}
