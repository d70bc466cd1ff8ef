package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Seeds are fixed: what holds for them once holds always. */
class PoissonTest {

    private static final double MEAN = 512 << 10;

    /** Counts down as a thread cache does. */
    private static final class Countdown {
        private final Poisson random = new Poisson(20);
        private long left = random.nextInterval(MEAN);

        boolean isSampled(long bytes) {
            left -= bytes;
            if (left > 0) {
                return false;
            }
            left = random.nextInterval(MEAN);
            return true;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {16, 1_000, 40_000, 512 << 10, 2 << 20, 100 << 20})
    void aBlockIsSampledWithTheProbabilityOfItsSize(long bytes) {
        Countdown countdown = new Countdown();
        int blocks = Math.clamp(2_000 * (long) MEAN / bytes, 20_000, 100_000_000);
        int sampled = 0;
        for (int i = 0; i < blocks; i++) {
            sampled += countdown.isSampled(bytes) ? 1 : 0;
        }
        double probability = Poisson.probability(bytes, MEAN);
        double standardError = Math.sqrt(blocks * probability * (1 - probability));
        assertThat((double) sampled).isCloseTo(blocks * probability, within(3 * standardError + 1e-9));
    }

    @Test
    void samplesStandForTheBytesAndBlocksOfASetOfMixedSizes() {
        Countdown countdown = new Countdown();
        Random random = new Random(5);
        double bytes = 0;
        double blocks = 0;
        double bytesEstimate = 0;
        double blocksEstimate = 0;
        double bytesVariance = 0;
        double blocksVariance = 0;
        for (int i = 0; i < 20_000_000; i++) {
            // From 16 bytes to 8 MiB, each doubling half as likely as the one before.
            long size = 16L << Integer.numberOfTrailingZeros(random.nextInt() | 1 << 19);
            bytes += size;
            blocks++;
            if (countdown.isSampled(size)) {
                double weight = 1 / Poisson.probability(size, MEAN);
                bytesEstimate += weight * size;
                blocksEstimate += weight;
                bytesVariance += weight * weight * size * size * (1 - 1 / weight);
                blocksVariance += weight * weight * (1 - 1 / weight);
            }
        }
        assertThat(bytesEstimate).isCloseTo(bytes, within(3 * Math.sqrt(bytesVariance)));
        assertThat(blocksEstimate).isCloseTo(blocks, within(3 * Math.sqrt(blocksVariance)));
        assertThat(Math.sqrt(bytesVariance)).isLessThan(bytes / 20); // so that the bounds say something
        assertThat(Math.sqrt(blocksVariance)).isLessThan(blocks / 5);
    }

    @Test
    void intervalsAreAtLeastOneByteAndHaveTheirMean() {
        Poisson random = new Poisson(1);
        double sum = 0;
        int intervals = 1_000_000;
        for (int i = 0; i < intervals; i++) {
            long interval = random.nextInterval(MEAN);
            assertThat(interval).isPositive();
            sum += interval;
        }
        assertThat(sum / intervals).isCloseTo(MEAN, within(3 * MEAN / Math.sqrt(intervals)));
        assertThat(random.nextInterval(1e-9)).isEqualTo(1);
        assertThat(random.nextInterval(1e300)).isEqualTo(Poisson.FOREVER);
    }
}
