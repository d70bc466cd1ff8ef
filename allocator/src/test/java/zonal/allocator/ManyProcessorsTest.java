package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What holds with a stripe for each processor of this machine holds with more, and with the least that there are. */
@Tag("once")
class ManyProcessorsTest {

    @ParameterizedTest
    @CsvSource({"1, 2", "8, 8"})
    void blocksGoHomeToTheirStripe(int processors, int stripes) {
        ChildJvm.Result result = ChildJvm.of(TestsInChild.class, BiasTest.class.getName())
                .flags("-XX:ActiveProcessorCount=" + processors)
                .run()
                .succeeded();
        assertThat(result.number("tests")).isPositive();
        assertThat(result.number("stripes")).isEqualTo(stripes);
    }
}
