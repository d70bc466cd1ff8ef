package zonal.allocator;

import java.util.concurrent.ThreadLocalRandom;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * A thread goes on with its cache while the housekeeper asks it to empty magazines ({@link IdleMagazines}), or would take it away
 * ({@link IdleCaches}), which it may between two calls.
 *
 * <p>Results: whether two blocks that the thread took are two; whether the cache that it has is its own.
 */
@JCStressTest
@Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "It has its cache, or none.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Both used it.")
@State
public class RetireStress {

    /** Whatever the number of states that jcstress makes at once. */
    private static volatile int place;

    @Actor
    public void owner(ZZ_Result result) {
        long thread = CurrentThread.id();
        place = (int) thread & (CacheTable.PLACES - 1);
        long first = Allocator.malloc(Sizes.FINE);
        long second = Allocator.malloc(Sizes.FINE);
        result.r1 = first != second;
        Allocator.free(first);
        Allocator.free(second);
        long cache = CacheTable.mine();
        result.r2 = cache == 0 || Math.abs(ThreadCache.owner(cache)) == thread; // it may be asked again by now
    }

    @Actor
    public void housekeeper() {
        if (ThreadLocalRandom.current().nextBoolean()) {
            CacheTable.ask(place);
        } else {
            CacheTable.retire(place, Housekeeper.now());
        }
    }
}
