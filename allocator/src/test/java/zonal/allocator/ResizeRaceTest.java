package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One thread resizes the block that another frees, an error of the application's: one of the two calls finds no live block, and the heap is whole. */
class ResizeRaceTest {

    private static final int ROUNDS = 20_000;

    @ParameterizedTest
    @CsvSource({
        "200_000, 100_000",
        "200_000, 199_000",
        "200_000, 204_800", // as many OS pages
        "200_000, 300_000",
        "300, 290", // the same class
        "3_000, 3_040"
    })
    void theBlockIsFreedOnceAndNobodyElseHasIt(String bytes, String newBytes) throws Exception {
        long from = Long.parseLong(bytes.replace("_", ""));
        long to = Long.parseLong(newBytes.replace("_", ""));
        HeapCheck.Seen before = HeapCheck.quiet();
        SpinBarrier together = new SpinBarrier(2);
        long[] block = new long[1];
        try (ForkJoinPool pool = new ForkJoinPool(2)) {
            ForkJoinTask<?> resizer = pool.submit(() -> {
                for (int round = 0; round < ROUNDS; round++) {
                    block[0] = Allocator.malloc(from);
                    together.await();
                    long resized = Allocator.realloc(block[0], to);
                    together.await();
                    freeIfLive(block[0]);
                    if (resized != block[0]) {
                        freeIfLive(resized);
                    }
                }
                return null;
            });
            ForkJoinTask<?> freer = pool.submit(() -> {
                for (int round = 0; round < ROUNDS; round++) {
                    together.await();
                    Allocator.free(block[0]);
                    together.await();
                }
                return null;
            });
            resizer.get();
            freer.get();
        }
        HeapCheck.Seen after = HeapCheck.quiet();
        assertThat(after).isEqualTo(before);
    }

    private static void freeIfLive(long block) {
        if (block != 0 && Allocator.usableSize(block) != 0) {
            Allocator.free(block);
        }
    }
}
