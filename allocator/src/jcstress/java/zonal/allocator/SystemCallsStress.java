package zonal.allocator;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;

/** {@link SystemCalls}: calls under way at once have an {@code errno} of their own, because each claims a state. */
@JCStressTest
@Outcome(id = "-12, -22", expect = Expect.ACCEPTABLE, desc = "ENOMEM and EINVAL, each where it belongs.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A call has another's errno.")
@State
public class SystemCallsStress {

    /** The second OS page: the system maps nothing so low. */
    private static final long UNMAPPED = SystemCalls.OS_PAGE_SIZE;

    @Actor
    public void unmapped(JJ_Result result) {
        result.r1 = SystemCalls.purge(UNMAPPED, SystemCalls.OS_PAGE_SIZE);
    }

    @Actor
    public void unaligned(JJ_Result result) {
        result.r2 = SystemCalls.purge(UNMAPPED + 1, SystemCalls.OS_PAGE_SIZE);
    }
}
