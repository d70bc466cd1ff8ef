package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.function.LongUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * One thread resizes the block that another frees, an error of the application's: one of the two calls finds no live block, the heap is whole, and a
 * run that is taken elsewhere at that moment is nobody else's.
 */
class ResizeRaceTest {

    private static final int ROUNDS = 10_000;

    @ParameterizedTest
    @CsvSource({
        "200_000, 100_000",
        "200_000, 199_000",
        "200_000, 204_800", // as many OS pages
        "200_000, 300_000",
        "200_000, 5_000",
        "300, 290", // the same class
        "3_000, 3_040"
    })
    void theBlockIsFreedOnceAndNobodyElseHasIt(String bytes, String newBytes) {
        long to = number(newBytes);
        race(number(bytes), block -> Allocator.realloc(block, to));
    }

    /** By moving OS pages, for which these are too small otherwise, or by copying. */
    @ParameterizedTest
    @CsvSource({"200_000, 300_000, 0", "200_000, 300_000, 1_000_000", "200_000, 100_000, 0"})
    void aRunThatMovesIsFreedOnceAndTakesNothingOfAnother(String bytes, String newBytes, String leastMoved) {
        long to = number(newBytes);
        long least = number(leastMoved);
        race(number(bytes), block -> Math.max(0, Realloc.moveRun(block, to, least)));
    }

    private static long number(String text) {
        return Long.parseLong(text.replace("_", ""));
    }

    private static void race(long bytes, LongUnaryOperator resize) {
        HeapCheck.Seen before = HeapCheck.quiet();
        SpinBarrier together = new SpinBarrier(2);
        long[] block = new long[1];
        long[] own = new long[1];
        try (ForkJoinPool pool = new ForkJoinPool(2)) {
            ForkJoinTask<?> resizer = pool.submit(() -> {
                for (int round = 0; round < ROUNDS; round++) {
                    block[0] = Allocator.malloc(bytes);
                    together.await();
                    long resized = resize.applyAsLong(block[0]);
                    together.await();
                    if (block[0] != own[0]) {
                        freeIfLive(block[0]);
                    }
                    if (resized != block[0]) {
                        freeIfLive(resized);
                    }
                    together.await();
                }
                return null;
            });
            ForkJoinTask<?> freer = pool.submit(() -> {
                for (int round = 0; round < ROUNDS; round++) {
                    together.await();
                    Allocator.free(block[0]);
                    own[0] = takeOwn(bytes);
                    together.await();
                    boolean resizedToo =
                            own[0] == block[0]; // asked here: from the next barrier on the resizer has another block
                    if (resizedToo) { // it was freed, taken again, and then perhaps resized: that can't be told
                        freeIfLive(own[0]);
                    }
                    together.await();
                    if (!resizedToo) {
                        freeOwn(own[0], bytes);
                    }
                }
                return null;
            });
            resizer.quietlyJoin();
            freer.quietlyJoin();
            assertThat(Stream.of(resizer, freer).map(ForkJoinTask::getException))
                    .containsOnlyNulls();
        }
        HeapCheck.Seen after = HeapCheck.quiet();
        assertThat(after).isEqualTo(before);
    }

    private static void freeIfLive(long block) {
        if (block != 0 && Allocator.usableSize(block) != 0) {
            Allocator.free(block);
        }
    }

    /** A run of the freer's, marked at both ends; 0 where blocks lie in pages: what is freed twice there, when it is this one, can't be told. */
    private static long takeOwn(long bytes) {
        if (bytes <= Malloc.PAGED_MAX) {
            return 0;
        }
        long own = Allocator.malloc(bytes);
        Memory.putLong(own, own);
        Memory.putLong(own + bytes - Long.BYTES, own);
        return own;
    }

    private static void freeOwn(long own, long bytes) {
        if (own != 0) {
            assertThat(Memory.getLong(own)).isEqualTo(own);
            assertThat(Memory.getLong(own + bytes - Long.BYTES)).isEqualTo(own);
            Allocator.free(own);
        }
    }
}
