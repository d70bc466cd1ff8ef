package zonal.allocator;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** {@link CacheTable}: two threads want the place of one that has ended; a compare-and-set decides. */
@JCStressTest
@Outcome(
        id = {"true, false", "false, true"},
        expect = Expect.ACCEPTABLE,
        desc = "One has the cache.")
@Outcome(
        id = "false, false",
        expect = Expect.ACCEPTABLE,
        desc = "None: a third has the place, or they hindered each other.")
@Outcome(id = "true, true", expect = Expect.FORBIDDEN, desc = "Both have it.")
@State
public class CacheTableStress {

    private final List<Contender> rivals = Contender.rivals();
    private final AtomicInteger meeting = new AtomicInteger();

    @Actor
    public void first(ZZ_Result result) {
        result.r1 = rivals.get(0).contend(meeting) != 0;
    }

    @Actor
    public void second(ZZ_Result result) {
        result.r2 = rivals.get(1).contend(meeting) != 0;
    }
}
