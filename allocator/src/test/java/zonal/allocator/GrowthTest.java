package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import zonal.allocator.Moments.Moment;

class GrowthTest {

    @Test
    void aPointHasTheTimeOfItsMomentAndWhatWasCountedThen() {
        Statistics then = Statistics.read();
        long now = TimeUnit.SECONDS.toNanos(-5); // nanoTime may be anything
        assertThat(Growth.points(
                        List.of(
                                new Moment<>(now - TimeUnit.SECONDS.toNanos(30), then),
                                new Moment<>(now - TimeUnit.MILLISECONDS.toNanos(1), then)),
                        now,
                        1_000_000))
                .containsExactly(new Growth.Point(970_000, then), new Growth.Point(999_999, then));
    }

    @Test
    void theLastPointIsThePresent() {
        long before = System.currentTimeMillis();
        assertThat(Growth.points().getLast().epochMillis()).isBetween(before, System.currentTimeMillis());
    }
}
