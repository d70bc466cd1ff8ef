package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Test;

class MagazineTest {

    /** So many times are three quarters of what is too much for 40 bits with a sign, and twice as many are too much. */
    private static final int TIMES = 384;

    private static final int SLACK = 1 << 30;

    private static final int CLASS = SizeClasses.of(48);

    // As in Magazine.
    private static final int TAKES = ThreadCache.MAGAZINES;
    private static final int BASE = ThreadCache.MAGAZINES_REST + 8;

    /** Where one thread takes what others free, its slack grows for ever, and theirs falls: live bytes are as many as they were. */
    @Test
    void slackThatWrapsInOneCacheIsRightInTheSum() {
        CacheTable.drainShared(true); // the housekeeper leaves those alone that are empty
        long before = Statistics.read().liveBytes();
        noteSlack(SLACK);
        assertThat(Statistics.read().liveBytes()).isEqualTo(before);
        noteSlack(-SLACK);
        assertThat(Statistics.read().liveBytes()).isEqualTo(before);
    }

    /** A thread is stopped while it begins an interval: what is half changed must not pass for a million of calls, which all later readers would tell of. */
    @Test
    void aReaderNeverFindsMoreTakenThanWasWhereItsOwnerIsStoppedInAChange() {
        withOwnMagazine((cache, magazine) -> {
            long before = Magazine.taken(cache, CLASS);
            long base = Memory.getLong(magazine + BASE);
            Memory.putLong(magazine + BASE, Long.MIN_VALUE);
            long meanwhile = Magazine.taken(cache, CLASS);
            Memory.putLong(magazine + BASE, base);
            assertThat(meanwhile).isBetween(0L, before);
            assertThat(Magazine.taken(cache, CLASS)).isEqualTo(before);
        });
    }

    /** A reader is stopped between the two words, and meanwhile the owner takes and frees, as often as it likes. */
    @Test
    void aReaderFindsNoMoreBlocksThanAMagazineHoldsHoweverManyCallsItMisses() {
        withOwnMagazine((cache, magazine) -> {
            int before = Magazine.count(cache, CLASS);
            long takes = Memory.getLong(magazine + TAKES);
            for (int missed : new int[] {1, 1_000, 100_000, 1_000_000}) {
                Memory.putLong(magazine + TAKES, takes + (long) missed * Magazine.SLOT);
                int found = Magazine.count(cache, CLASS);
                Memory.putLong(magazine + TAKES, takes);
                assertThat(found).isBetween(0, Magazine.capacity(CLASS));
            }
            assertThat(Magazine.count(cache, CLASS)).isEqualTo(before);
        });
    }

    /** In a thread whose cache it is, which makes no call meanwhile. */
    private static void withOwnMagazine(LongBiConsumer act) {
        try (ForkJoinPool pool = new ForkJoinPool(1)) {
            pool.submit(() -> {
                        long cache = OwnCache.get();
                        assertThat(cache).isNotZero();
                        Allocator.free(Allocator.malloc(SizeClasses.size(CLASS)));
                        act.accept(cache, cache + ((long) CLASS << ThreadCache.MAGAZINE_SHIFT));
                    })
                    .join();
        }
    }

    private interface LongBiConsumer {
        void accept(long cache, long magazine);
    }

    private static void noteSlack(int slack) {
        int sizeClass = SizeClasses.of(100);
        for (int i = 0; i < 2 * TIMES; i++) {
            Magazine.noteSlack(CacheTable.address(0), sizeClass, slack);
            Magazine.noteSlack(CacheTable.address(i < TIMES ? 1 : 2), sizeClass, -slack);
        }
    }
}
