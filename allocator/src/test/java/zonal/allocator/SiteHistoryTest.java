package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Time is made up, and so are the sites. */
class SiteHistoryTest {

    private static final long MEAN = 512 << 10;

    private final SiteHistory history = new SiteHistory(0);
    private final SiteTable sites = new SiteTable();
    private final SampleTable samples = new SampleTable(MEAN, new Poisson(1));
    private long seconds;
    private long lastAddress;

    private SiteSums at(long newSeconds) {
        seconds = newSeconds;
        return SiteSums.of(sites, samples, TimeUnit.SECONDS.toNanos(seconds));
    }

    private void pass(long moreSeconds) {
        history.note(at(seconds + moreSeconds));
    }

    private List<LeakSuspect> suspects(long ago) {
        return history.suspects(at(seconds + 1), ago);
    }

    private long take(Site site, long bytes) {
        lastAddress += 16;
        samples.add(new Sample(lastAddress, bytes, MEAN, site, Thread.currentThread(), 0));
        return lastAddress;
    }

    /** A sample of 1 KiB stands for 512 KiB. */
    private List<Long> take(Site site, int count, long bytes) {
        List<Long> taken = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            taken.add(take(site, bytes));
        }
        return taken;
    }

    private static Site site(String name) {
        return new Site(name.hashCode(), List.of(new StackTraceElement("com.example.Server", name, "Server.java", 1)));
    }

    @Test
    void aSiteThatGrowsFromMomentToMomentIsSuspect() {
        Site leak = site("one");
        pass(0);
        for (int i = 0; i < 6; i++) {
            take(leak, 5, 1 << 10);
            pass(10);
        }
        // The first moment that is at least so long ago: after the first five.
        LeakSuspect suspect = suspects(50).getFirst();
        assertThat(suspect.samplesThen()).isEqualTo(5);
        assertThat(suspect.samplesNow()).isEqualTo(30);
        assertThat(suspect.moments()).isEqualTo(7);
        assertThat(suspect.seconds()).isEqualTo(51);
        assertThat(suspect.growth()).isBetween(24 * MEAN, 26 * MEAN);
        // Longer ago than all: since the beginning.
        assertThat(suspects(1_000).getFirst().samplesThen()).isZero();
    }

    @Test
    void aSiteThatStaysOrShrinksIsNot() {
        List<Long> shrinking = take(site("one"), 100, 1 << 10);
        pass(10);
        shrinking.subList(50, 100).forEach(samples::remove);
        pass(10);
        assertThat(suspects(1_000)).isEmpty();
    }

    /** Though it is more still than at the beginning. */
    @Test
    void aSiteThatHasFallenSinceTheLastMomentIsNot() {
        pass(0);
        List<Long> live = take(site("one"), 200, 1 << 10);
        pass(10);
        live.subList(60, 200).forEach(samples::remove);
        assertThat(suspects(1_000)).isEmpty();
    }

    /** From one moment to the next it may be chance, but not from the highest to the last. */
    @Test
    void aSiteThatFallsByLittleAgainAndAgainIsNot() {
        pass(0);
        List<Long> live = take(site("one"), 200, 1 << 10);
        pass(10);
        for (int i = 0; i < 100; i += 10) {
            live.subList(i, i + 10).forEach(samples::remove);
            pass(10);
        }
        assertThat(suspects(1_000)).isEmpty();
    }

    @Test
    void aMomentIsKeptEveryTenSeconds() {
        for (int age : new int[] {9, 10}) {
            SiteHistory other = new SiteHistory(System.nanoTime() - TimeUnit.SECONDS.toNanos(age));
            take(site("one"), 100 << 20);
            other.note(sites, samples);
            other.note(sites, samples);
            SiteSums now = SiteSums.of(sites, samples, System.nanoTime());
            assertThat(other.suspects(now, 1_000).getFirst().moments()).isEqualTo(age < 10 ? 2 : 3);
        }
    }

    @Test
    void whatWasBuiltUpInTheFirstQuarterAndStaysIsNoSuspectWhereNoTimeIsNamed() {
        Site cache = site("cache");
        Site leak = site("leak");
        take(cache, 100, 1 << 10);
        for (int i = 0; i < 8; i++) {
            take(leak, 10, 1 << 10);
            pass(10);
        }
        assertThat(suspects(1_000)).hasSize(2);
        assertThat(history.suspects(at(seconds + 1)))
                .extracting(LeakSuspect::frames, LeakSuspect::samplesThen)
                .containsExactly(tuple(leak.frames(), 20L));
    }

    @Test
    void aSiteThatFellInBetweenIsNot() {
        Site busy = site("one");
        pass(0);
        List<Long> first = take(busy, 100, 1 << 10);
        pass(10);
        first.forEach(samples::remove);
        pass(10);
        take(busy, 150, 1 << 10);
        pass(10);
        assertThat(suspects(1_000)).isEmpty();
        // But since it fell, it has only grown.
        assertThat(suspects(11)).hasSize(1);
    }

    @Test
    void whatChanceExplainsIsNoGrowthAndNoFall() {
        Site cache = site("one");
        List<Long> live = take(cache, 100, 1 << 10);
        pass(10);
        take(cache, 15, 1 << 10);
        pass(10);
        assertThat(suspects(11)).isEmpty(); // 100 and 115 are the same to a sample
        take(cache, 200, 1 << 10);
        pass(10);
        live.subList(0, 10).forEach(samples::remove);
        assertThat(suspects(21)).hasSize(1);
    }

    @Test
    void aFewLargeBlocksAreKnownForSure() {
        Site large = site("one");
        take(large, 100 << 20);
        pass(10);
        take(large, 100 << 20);
        assertThat(suspects(1_000)).hasSize(1);
    }

    @Test
    void theOneThatHasGrownMostComesFirst() {
        Site one = site("one"); // it has the most
        Site other = site("other");
        take(one, 10, 1 << 10);
        pass(0);
        take(one, 30, 1 << 10);
        take(other, 35, 1 << 10);
        assertThat(suspects(1)).extracting(LeakSuspect::frames).containsExactly(other.frames(), one.frames());
    }

    @Test
    void momentsStayForAMonthFurtherApartTheLongerAgoTheyAre() {
        for (int i = 0; i < 30 * 24 * 360; i++) {
            pass(10);
        }
        take(site("one"), 100 << 20);
        assertThat(momentsOf(60)).isBetween(7, 9);
        assertThat(momentsOf(3_600)).isBetween(50, 120);
        assertThat(momentsOf(40L * 24 * 3_600)).isBetween(120, 400);
        assertThat(suspects(40L * 24 * 3_600).getFirst().seconds()).isGreaterThan(29 * 24 * 3_600);
    }

    private int momentsOf(long ago) {
        return suspects(ago).getFirst().moments();
    }

    @Test
    void aBeginningThatIsNotInThePastIsRefused() {
        assertThatThrownBy(() -> Sampler.leakSuspects(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("leakSuspects(0): how many seconds ago to begin, 1 or more");
        assertThatThrownBy(() -> Sampler.liveSites(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("liveSites(-1): how many sites at most, 0 or more");
    }

    /** What it may have had at a moment of which others are kept is no height from which it fell. */
    @Test
    void aSiteThatOthersHidForAMomentIsSuspectStill() {
        Site leak = site("leak");
        take(leak, 20, 1 << 10);
        pass(10);
        List<Long> hiding = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            hiding.add(take(site("hiding" + i), 100 << 20));
        }
        pass(10);
        hiding.forEach(samples::remove);
        for (int i = 0; i < 2; i++) {
            take(leak, 20, 1 << 10);
            pass(10);
        }
        assertThat(suspects(25)).extracting(LeakSuspect::frames).containsExactly(leak.frames());
    }

    /** Of a moment the sites with the most live bytes are kept. */
    @Test
    void amongVeryManySitesTheOneThatGrowsIsFound() {
        for (int i = 0; i < 3_000; i++) {
            take(site("steady" + i), 2, 1 << 10);
        }
        Site leak = site("leak");
        Site shrinking = site("shrinking");
        List<Long> shrinks = take(shrinking, 200, 1 << 10);
        for (int i = 0; i < 6; i++) {
            pass(10);
            take(leak, i == 0 ? 1 : 20, 1 << 10);
            shrinks.subList(i * 30, i * 30 + 30).forEach(samples::remove);
        }
        assertThat(suspects(1_000)).extracting(LeakSuspect::frames).first().isEqualTo(leak.frames());
        assertThat(suspects(55)).extracting(LeakSuspect::frames).containsExactly(leak.frames());
    }
}
