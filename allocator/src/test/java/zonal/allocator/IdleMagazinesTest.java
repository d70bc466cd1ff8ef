package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Which magazines are emptied. What comes of it: {@link IdleThreadsTest}. */
class IdleMagazinesTest {

    private static final int USED = SizeClasses.of(64);
    private static final int UNUSED = SizeClasses.of(5_000);

    @Test
    void whatItsThreadUsesBetweenTwoLooksStaysAndWhatItDoesNotGoesBack() {
        long cache = OwnCache.get();
        assertThat(cache).isNotZero();
        HeapCheck.eventually(() -> {
            // The housekeeper may look in between.
            use(UNUSED);
            use(USED);
            IdleMagazines.look();
            use(USED);
            IdleMagazines.look();
            use(SizeClasses.of(200)); // by the next call, whatever it is
            assertThat(Magazine.count(cache, UNUSED)).isZero();
            return assertThat(Magazine.count(cache, USED)).isPositive();
        });
        HeapCheck.quiet();
    }

    private static void use(int sizeClass) {
        Allocator.free(Allocator.malloc(SizeClasses.size(sizeClass)));
    }
}
