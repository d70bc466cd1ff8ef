package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Addresses are made up; seeds are fixed, so that what holds once holds always. */
class SampleTableTest {

    private static final double MEAN = 1 << 10;

    private final SampleTable samples = new SampleTable(MEAN, new Poisson(3));
    private final Site site = new Site(1, List.of());

    private void add(long address, long bytes) {
        site.live.incrementAndGet();
        samples.add(new Sample(address, bytes, MEAN, site, Thread.currentThread(), System.nanoTime()));
    }

    @Test
    void aSampleIsFoundByItsAddressUntilItIsRemoved() {
        for (long i = 1; i <= 10_000; i++) {
            add(i << 4, i);
        }
        for (long i = 1; i <= 10_000; i += 2) {
            samples.remove(i << 4);
        }
        for (long i = 1; i <= 10_000; i++) {
            Sample sample = samples.find(i << 4);
            if ((i & 1) == 1) {
                assertThat(sample).isNull();
            } else {
                assertThat(sample)
                        .isNotNull()
                        .satisfies(found -> assertThat(found.bytes).isEqualTo(found.address >> 4));
            }
        }
        assertThat(samples.all()).hasSize(5_000);
        assertThat(site.live.get()).isEqualTo(5_000);
    }

    @Test
    void anAddressHasOneSampleTheLatest() {
        add(16, 100);
        add(16, 200);
        assertThat(samples.all()).hasSize(1);
        assertThat(samples.all().getFirst().bytes).isEqualTo(200);
        assertThat(site.live.get()).isEqualTo(1);
        samples.remove(16);
        samples.remove(16);
        assertThat(site.live.get()).isZero();
    }

    @Test
    void aResizedSampleHasItsNewSizeAndStandsForAsManyBlocksAsAtItsLargest() {
        add(16, 100);
        samples.resize(16, 900);
        Sample sample = samples.all().getFirst();
        assertThat(sample.bytes).isEqualTo(900);
        assertThat(sample.blocks()).isCloseTo(1 / Poisson.probability(Sampler.exposed(900), MEAN), within(1e-9));
        samples.resize(16, 50);
        assertThat(sample.bytes).isEqualTo(50);
        assertThat(sample.blocks()).isCloseTo(1 / Poisson.probability(Sampler.exposed(900), MEAN), within(1e-9));
        samples.resize(32, 1); // none there: nothing happens
        assertThat(samples.all()).hasSize(1);
    }

    @Test
    void aSampleThatStaysWhenItsBlockBecomesShorterStandsForTheMoreBlocks() {
        long address = 0;
        do {
            address += 16;
            add(address, 4 * (long) MEAN);
        } while (!samples.shrink(address, 100));
        Sample sample = samples.find(address);
        assertThat(sample).isNotNull().satisfies(found -> {
            assertThat(found.bytes).isEqualTo(100);
            assertThat(found.blocks()).isCloseTo(1 / Poisson.probability(Sampler.exposed(100), MEAN), within(1e-9));
        });
        assertThat(samples.all()).hasSize(1); // and those of the others are gone
        assertThat(site.live.get()).isEqualTo(1);
    }

    @Test
    void beyondTheMostSamplesItThinsOutAndStaysUnbiased() {
        long[] sizes = {16, 300, 1 << 10, 20 << 10};
        int blocks = 3 * SampleTable.MOST_SAMPLES;
        double expectedBytes = 0;
        double expectedBlocks = 0;
        for (int i = 0; i < blocks; i++) {
            long bytes = sizes[i & 3];
            add((long) (i + 1) << 4, bytes);
            double weight = 1 / Poisson.probability(Sampler.exposed(bytes), MEAN);
            expectedBlocks += weight;
            expectedBytes += weight * bytes;
        }
        List<Sample> kept = samples.all();
        assertThat(kept).hasSizeBetween(SampleTable.MOST_SAMPLES / 2, SampleTable.MOST_SAMPLES);
        assertThat(site.live.get()).isEqualTo(kept.size());
        double estimatedBytes = 0;
        double estimatedBlocks = 0;
        double variance = 0;
        double blocksVariance = 0;
        for (Sample sample : kept) {
            estimatedBlocks += sample.blocks();
            estimatedBytes += sample.blocks() * sample.bytes;
            variance += Math.pow(sample.blocks() * sample.bytes, 2);
            blocksVariance += Math.pow(sample.blocks(), 2);
        }
        assertThat(estimatedBytes).isCloseTo(expectedBytes, within(3 * Math.sqrt(variance)));
        assertThat(estimatedBlocks).isCloseTo(expectedBlocks, within(3 * Math.sqrt(blocksVariance)));
        assertThat(Math.sqrt(variance)).isLessThan(expectedBytes / 100); // so that the bound says something
    }

    @Test
    void whenItIsEmptyAgainItAdmitsAllAsBefore() {
        for (long i = 1; i <= 2L * SampleTable.MOST_SAMPLES; i++) {
            add(i << 4, 100);
        }
        for (long i = 1; i <= 2L * SampleTable.MOST_SAMPLES; i++) {
            samples.remove(i << 4);
        }
        assertThat(samples.all()).isEmpty();
        assertThat(site.live.get()).isZero();
        for (long i = 1; i <= 10_000; i++) {
            add(i << 4, 100);
            samples.remove(i << 4);
            add(i << 4, 100);
        }
        assertThat(samples.all())
                .hasSize(10_000)
                .allSatisfy(sample -> assertThat(sample.mean).isEqualTo(MEAN));
    }

    @Test
    void threadsThatAddResizeRemoveAndReadLoseNothing() throws Exception {
        int threads = 4;
        int perThread = 60_000;
        try (ExecutorService executor = Executors.newFixedThreadPool(threads + 1)) {
            List<Future<Integer>> working = IntStream.range(0, threads)
                    .mapToObj(thread -> executor.submit(work(thread, perThread)))
                    .toList();
            Future<Integer> reading = executor.submit(() -> {
                int read = 0;
                while (working.stream().anyMatch(worker -> !worker.isDone())) {
                    for (Sample sample : samples.all()) {
                        assertThat(sample.bytes).isPositive();
                        read++;
                    }
                }
                return read;
            });
            int left = 0;
            for (Future<Integer> worker : working) {
                left += worker.get();
            }
            assertThat(reading.get()).isNotNegative();
            assertThat(samples.all()).hasSize(left);
            assertThat(site.live.get()).isEqualTo(left);
        }
    }

    /** Each has addresses of its own, as live blocks have; answers how many it left. */
    private Callable<Integer> work(int thread, int count) {
        return () -> {
            int left = 0;
            for (int i = 0; i < count; i++) {
                long address = ((long) i << 8 | thread + 1) << 4;
                add(address, 100);
                samples.resize(address, 200);
                Sample found = samples.find(address);
                assertThat(found).isNotNull();
                if ((i & 7) == 0) {
                    left++;
                } else {
                    samples.remove(address);
                }
            }
            return left;
        };
    }
}
