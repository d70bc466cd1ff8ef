package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SiteSumsTest {

    /** Samples go on coming while they are added up. */
    @Test
    void aSampleThatCameAfterTheMomentIsNotOfNegativeAge() {
        SiteTable sites = new SiteTable();
        SampleTable samples = new SampleTable(1, new Poisson(1));
        Site site = sites.note(CallStack.here(), 1, 100);
        samples.add(new Sample(16, 100, 1, site, Thread.currentThread(), 5_000));
        assertThat(SiteSums.of(sites, samples, 4_000).sites())
                .singleElement()
                .satisfies(live -> assertThat(live.oldestNanos()).isZero());
        assertThat(SiteSums.of(sites, samples, 7_000).sites())
                .singleElement()
                .satisfies(live -> assertThat(live.oldestNanos()).isEqualTo(2_000));
    }
}
