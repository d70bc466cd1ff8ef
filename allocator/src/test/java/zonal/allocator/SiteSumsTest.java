package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
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

    /** As those of a class that two loaders have loaded, or of two calls in one line. */
    @Test
    void sitesThatReadTheSameAreOneWithTheAgeOfTheOldest() {
        for (boolean oneIsOlder : new boolean[] {true, false}) {
            SiteTable sites = new SiteTable();
            SampleTable samples = new SampleTable(1, new Poisson(1));
            List<StackTraceElement> frames = List.of(new StackTraceElement("A", "take", "A.java", 1));
            for (int i = 0; i < 20; i++) { // they come in the order of a hash
                long takenAt = (i == 7) == oneIsOlder ? 1_000 : 2_000;
                samples.add(new Sample(16L * (i + 1), 100, 1, new Site(i, frames), Thread.currentThread(), takenAt));
            }
            assertThat(SiteSums.of(sites, samples, 5_000).sites())
                    .filteredOn(site -> site.frames().equals(frames))
                    .singleElement()
                    .satisfies(site -> {
                        assertThat(site.samples()).isEqualTo(20);
                        assertThat(site.liveBytes()).isEqualTo(2_000);
                        assertThat(site.oldestNanos()).isEqualTo(4_000);
                    });
        }
    }
}
