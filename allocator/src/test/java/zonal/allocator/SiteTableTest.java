package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import zonal.allocator.apps.Passer;

class SiteTableTest {

    private final SiteTable sites = new SiteTable();

    @Test
    void samplesOfOneStackShareASiteWhichAddsUpWhatWasTaken() {
        Set<Site> found = new HashSet<>();
        for (int i = 0; i < 5; i++) {
            found.add(sites.note(CallStack.here(), 2.5, 100));
        }
        assertThat(found).hasSize(1);
        Site site = found.iterator().next();
        assertThat(site.takenBlocks).isEqualTo(12.5);
        assertThat(site.takenBytes).isEqualTo(500);
        assertThat(site.live.get()).isEqualTo(5);
    }

    @Test
    void beyondTheMostSitesSamplesCountToTheOthersAndNothingIsLost() throws Exception {
        int stacks = SiteTable.MOST_SITES + 500;
        Set<Site> found = new HashSet<>(noteDistinct(0, stacks));
        assertThat(found).hasSize(SiteTable.MOST_SITES + 1).contains(sites.others);
        assertThat(sites.others.live.get()).isEqualTo(500);
        assertThat(sites.others.frames()).isEmpty();
        assertThat(taken()).isCloseTo(10.0 * stacks, within(1e-6));
    }

    @Test
    void whenItIsFullSitesWithoutLiveSamplesMakeRoom() throws Exception {
        List<Site> found = noteDistinct(0, SiteTable.MOST_SITES);
        for (int i = 100; i < found.size(); i++) {
            found.get(i).live.decrementAndGet();
        }
        assertThat(noteDistinct(SiteTable.MOST_SITES)).isSameAs(sites.others);
        sites.forgetIdle();
        assertThat(sites.all()).hasSize(100 + 1).containsAll(found.subList(0, 100));
        assertThat(noteDistinct(SiteTable.MOST_SITES)).isNotSameAs(sites.others);
        assertThat(noteDistinct(7)).isSameAs(found.get(7));
        assertThat(taken()).isCloseTo(10.0 * (SiteTable.MOST_SITES + 3), within(1e-6));
    }

    @Test
    void asLongAsThereIsRoomNoSiteIsForgotten() {
        Site site = sites.note(CallStack.here(), 1, 1);
        site.live.decrementAndGet();
        sites.forgetIdle();
        assertThat(sites.all()).contains(site);
    }

    private double taken() {
        return sites.all().stream().mapToDouble(site -> site.takenBytes).sum();
    }

    private Site noteDistinct(int number) throws InterruptedException {
        return noteDistinct(number, number + 1).getFirst();
    }

    /** Notes the stacks of the numbers, each the same at each call: so from a thread of their own. */
    private List<Site> noteDistinct(int from, int to) throws InterruptedException {
        List<Site> noted = new ArrayList<>();
        Thread thread = new Thread(() -> {
            for (int number = from; number < to; number++) {
                noted.add(sites.note(distinct(number, 13), 1, 10));
            }
        });
        thread.start();
        thread.join();
        return noted;
    }

    /** A stack that differs from those of other numbers: its calls spell the number. */
    private static CallStack distinct(int number, int bits) {
        if (bits == 0) {
            return CallStack.here();
        }
        return (number & 1) == 0 ? distinct(number >>> 1, bits - 1) : odd(number, bits);
    }

    private static CallStack odd(int number, int bits) {
        return distinct(number >>> 1, bits - 1);
    }

    private static final class OwnLoader extends ClassLoader {
        OwnLoader() {
            super(SiteTableTest.class.getClassLoader());
        }

        Class<?> defineAgain(Class<?> type) throws IOException {
            try (InputStream stream =
                    Objects.requireNonNull(type.getResourceAsStream(type.getSimpleName() + ".class"))) {
                byte[] bytes = stream.readAllBytes();
                return defineClass(type.getName(), bytes, 0, bytes.length);
            }
        }
    }

    @Test
    void onceItHasNamesASiteKeepsNoClassFromBeingUnloaded() throws Exception {
        WeakReference<ClassLoader> loader = noteThroughAnotherLoader();
        assertThat(sites.all().getFirst().frames())
                .anySatisfy(frame -> assertThat(frame.getClassName()).endsWith("Passer"));
        for (int i = 0; i < 20 && loader.get() != null; i++) {
            System.gc();
        }
        assertThat(loader.get()).isNull();
    }

    private WeakReference<ClassLoader> noteThroughAnotherLoader() throws Exception {
        OwnLoader loader = new OwnLoader();
        UnaryOperator<Object> passer =
                passer(loader.defineAgain(Passer.class).getConstructor().newInstance());
        Supplier<Site> note = () -> sites.note(CallStack.here(), 1, 1);
        assertThat(passer.apply(note)).isInstanceOf(Site.class);
        sites.nameNew();
        return new WeakReference<>(loader);
    }

    @SuppressWarnings("unchecked") // it is a Passer
    private static UnaryOperator<Object> passer(Object instance) {
        return (UnaryOperator<Object>) instance;
    }
}
