package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MagazineTest {

    /** So many times are three quarters of what is too much for 40 bits with a sign, and twice as many are too much. */
    private static final int TIMES = 384;

    private static final int SLACK = 1 << 30;

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

    private static void noteSlack(int slack) {
        int sizeClass = SizeClasses.of(100);
        for (int i = 0; i < 2 * TIMES; i++) {
            Magazine.noteSlack(CacheTable.address(0), sizeClass, slack);
            Magazine.noteSlack(CacheTable.address(i < TIMES ? 1 : 2), sizeClass, -slack);
        }
    }
}
