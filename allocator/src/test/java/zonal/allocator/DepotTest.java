package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A depot, called as magazines and the housekeeper call it. */
class DepotTest {

    /** Of which few blocks fill a depot. */
    private static final int LONGEST = SizeClasses.of(SizeClasses.MAX);

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

    private final long cache = OwnCache.get();
    private final long slot = Allocator.malloc(8);

    @AfterEach
    void freeSlot() {
        Allocator.free(slot);
    }

    /** The housekeeper may look in between, and empty it before: then it is filled once more. */
    @Test
    void aFullDepotThatIsMerelyOfferedMoreIsEmptied() {
        int stripe = CacheTable.stripe(cache);
        HeapCheck.eventually(() -> {
            while (offered(stripe)) {}
            Depot.drainUnused(); // from here on nobody has used it
            assertThat(offered(stripe)).isFalse();
            Depot.drainUnused();
            return assertThat(Depot.count(stripe, LONGEST)).isZero();
        });
        HeapCheck.quiet();
    }

    /** What comes late finds no room, also where some of it does. */
    @Test
    void aDepotHoldsAQuarterOfAMebibyteAtMost() {
        int stripe = CacheTable.stripe(cache);
        while (offered(stripe)) {}
        assertThat(Depot.count(stripe, LONGEST) * SizeClasses.MAX).isLessThanOrEqualTo(256 << 10);
        HeapCheck.quiet();
    }

    /** It looks again at its next tick. */
    @Test
    void whoIsStoppedInADepotDoesNotHoldUpTheHousekeeper() {
        int stripe = CacheTable.stripe(cache);
        while (offered(stripe)) {}
        SpinLock[] locks = (SpinLock[]) HeapCheck.read(Depot.class, null, "LOCKS");
        SpinLock lock = locks[stripe * SizeClasses.COUNT + LONGEST];
        lock.lock();
        try {
            assertTimeoutPreemptively(LONGEST_WAIT, () -> {
                Depot.drainUnused();
                Depot.drainUnused(); // from the first on nobody has used it
            });
        } finally {
            lock.unlock();
        }
        HeapCheck.quiet();
    }

    /** Whether there was room for a block, which then lies there; else it goes back to its heap. */
    private boolean offered(int stripe) {
        assertThat(PageHeap.refill(cache, LONGEST, slot, 1)).isOne();
        boolean put = Depot.put(stripe, LONGEST, slot, 1) == 1;
        if (!put) {
            PageHeap.flush(LONGEST, slot, 1, Housekeeper.now());
        }
        return put;
    }
}
