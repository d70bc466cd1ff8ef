package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ResidentMemoryTest {

    @Test
    void whoAsksAgainAtOnceGetsTheSameReadingAndLaterANewOne() {
        Allocator.start();
        boolean shared = false;
        for (int i = 0; i < 10; i++) { // the housekeeper reads now and then, too
            long before = System.nanoTime();
            ResidentMemory reading = ResidentMemory.read();
            shared |= ResidentMemory.recent(before) == reading;
            long muchLater = System.nanoTime() + TimeUnit.HOURS.toNanos(1);
            assertThat(ResidentMemory.recent(muchLater)).isNotSameAs(reading);
            assertThat(ResidentMemory.read()).isNotSameAs(ResidentMemory.read());
        }
        assertThat(shared).isTrue();
    }

    @Test
    void whatWasFreedIsOfNoZone() {
        long bytes = 4 << 20;
        long block = Allocator.malloc(bytes);
        Blocks.touch(block, bytes);
        long live = ResidentMemory.read().of(Zone.LARGE);
        Allocator.free(block);
        assertThat(ResidentMemory.read().of(Zone.LARGE)).isLessThanOrEqualTo(live - bytes);
    }

    @Test
    void countsThatAreNotAskedOfTheSystemAreAlwaysOfThePresent() {
        Allocator.start();
        for (int i = 0; i < 100; i++) {
            long before = Statistics.recent().liveBlocks();
            long block = Allocator.malloc(100);
            assertThat(Statistics.recent().liveBlocks()).isEqualTo(before + 1);
            Allocator.free(block);
        }
    }
}
