package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Memory goes back also where the application has locked it. */
@EnabledOnOs(OS.LINUX)
@Tag("once")
class LockedMemoryTest {

    @Test
    void memoryGoesBackThoughTheApplicationHasLockedAllThatWasMapped() {
        ChildJvm.Result result = ChildJvm.of(LockedMemoryRun.class, "all")
                .options("decay=300ms")
                .flags("-Xmx64m", "-XX:ReservedCodeCacheSize=64m")
                .run()
                .succeeded();
        assumeThat(result.number("granted")).as("mlockall is allowed here").isOne();
        assertThat(result.number("locked")).isGreaterThan(150L << 20);
        assertThat(result.number("left")).isLessThan(10L << 20);
        assertThat(result.number("untouched")).isLessThan(20L << 20);
    }

    @Test
    void memoryGoesBackThoughTheApplicationFreedItLocked() {
        ChildJvm.Result result = ChildJvm.of(LockedMemoryRun.class, "one").run().succeeded();
        assumeThat(result.number("granted")).as("mlock is allowed here").isOne();
        assertThat(result.number("left")).isLessThan(5L << 20);
    }

    @ParameterizedTest
    @ValueSource(strings = {"huge-pages=off", "huge-pages=advise,large-cache=0"})
    void whatIsMappedAnewGoesBackThoughTheApplicationLocksAllThatWillBeMapped(String options) {
        ChildJvm.Result result = ChildJvm.of(LockedMemoryRun.class, "future")
                .options(options)
                .flags("-Xmx64m", "-XX:ReservedCodeCacheSize=64m")
                .run()
                .succeeded();
        assumeThat(result.number("granted")).as("mlockall is allowed here").isOne();
        assertThat(result.number("kept")).isLessThan(1 << 20);
    }
}
