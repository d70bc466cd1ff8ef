package zonal.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import zonal.allocator.Allocator;
import zonal.allocator.Statistics;
import zonal.allocator.ZoneStatistics;

class ZonePoolTest {
    private static final int LARGE = 2;
    private static final long STEP = 8 << 20;
    private static final long PART_OF_A_PAGE = 2_000;

    private final List<Long> blocks = new ArrayList<>();
    private final List<Long> thresholdsSet = new ArrayList<>();
    private final ZonePool pool = new ZonePool(LARGE, "LARGE", () -> thresholdsSet.add(1L));

    @AfterEach
    void freeAll() {
        blocks.forEach(Allocator::free);
    }

    @Test
    void theUsageIsTheZones() {
        MemoryUsage before = pool.getUsage();
        take();
        blocks.add(Allocator.malloc(PART_OF_A_PAGE));
        MemoryUsage after = pool.getUsage();
        assertThat(after.getUsed()).isEqualTo(before.getUsed() + STEP + PART_OF_A_PAGE);
        ZoneStatistics zone = Statistics.read().zones().get(LARGE);
        assertThat(zone.freeBytes()).isPositive();
        assertThat(after.getCommitted()).isEqualTo(zone.liveBytes() + zone.freeBytes());
        assertThat(after.getMax()).isEqualTo(-1);
        assertThat(pool.getName()).isEqualTo("Zonal LARGE");
        assertThat(pool.getType()).isEqualTo(MemoryType.NON_HEAP);
    }

    @Test
    void thePeakStaysUntilItIsReset() {
        take();
        long high = pool.getUsage().getUsed();
        giveLast();
        assertThat(pool.getPeakUsage().getUsed()).isEqualTo(high);
        pool.resetPeakUsage();
        assertThat(pool.getPeakUsage().getUsed()).isEqualTo(high - STEP);
        take();
        assertThat(pool.getPeakUsage().getUsed()).isEqualTo(high);
    }

    @Test
    void theThresholdIsToldOfOnceEachTimeItIsReached() {
        long threshold = pool.getUsage().getUsed() + STEP;
        pool.setUsageThreshold(threshold);
        assertThat(thresholdsSet).hasSize(1);
        assertThat(look()).isNull();
        assertThat(pool.isUsageThresholdExceeded()).isFalse();

        take();
        assertThat(pool.isUsageThresholdExceeded()).isTrue();
        MemoryUsage reached = pool.look(Statistics.read());
        assertThat(reached).isNotNull().extracting(MemoryUsage::getUsed).isEqualTo(threshold);
        assertThat(pool.getUsageThresholdCount()).isEqualTo(1);
        take();
        assertThat(look()).isNull();

        giveLast();
        giveLast();
        assertThat(look()).isNull();
        assertThat(pool.isUsageThresholdExceeded()).isFalse();
        take();
        assertThat(look()).isNotNull();
        assertThat(pool.getUsageThresholdCount()).isEqualTo(2);
    }

    @Test
    void anotherThresholdIsToldOfThoughTheLastOneWasReached() {
        take();
        pool.setUsageThreshold(1);
        assertThat(look()).isNotNull();
        pool.setUsageThreshold(STEP);
        assertThat(look()).isNotNull();
        assertThat(pool.getUsageThresholdCount()).isEqualTo(2);
    }

    @Test
    void aThresholdOfZeroIsNoneAndANegativeOneIsRefused() {
        take();
        pool.setUsageThreshold(1);
        pool.setUsageThreshold(0);
        assertThat(look()).isNull();
        assertThat(pool.isUsageThresholdExceeded()).isFalse();
        assertThatThrownBy(() -> pool.setUsageThreshold(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("threshold -1: must be 0 (none) or more bytes");
        assertThat(pool.getUsageThreshold()).isZero();
    }

    private @Nullable MemoryUsage look() {
        return pool.look(Statistics.read());
    }

    private void take() {
        blocks.add(Allocator.malloc(STEP));
    }

    private void giveLast() {
        Allocator.free(blocks.removeLast());
    }
}
