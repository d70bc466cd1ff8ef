package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** An arena of this allocator is an arena as any other, for users of FFM without the agent. */
class ZoneArenaTest {

    private static final long[] SIZES = {1, 16, 100, 1024, 5_000, 40_000, 2 << 20};

    @Test
    void segmentsAreZeroEvenWhereMemoryIsUsedAgain() {
        for (int round = 0; round < 20; round++) {
            try (Arena arena = ZoneArena.ofConfined()) {
                for (long bytes : SIZES) {
                    MemorySegment segment = arena.allocate(bytes);
                    assertThat(segment.byteSize()).isEqualTo(bytes);
                    Stamp.verifyZero(segment.address(), bytes);
                    segment.fill((byte) -1);
                }
            }
        }
    }

    @Test
    void segmentsAreAlignedAsAsked() {
        try (Arena arena = ZoneArena.ofConfined()) {
            for (long alignment = 1; alignment <= 4096; alignment <<= 1) {
                for (long bytes : SIZES) {
                    MemorySegment segment = arena.allocate(bytes, alignment);
                    assertThat(segment.address() % alignment).isZero();
                    assertThat(segment.maxByteAlignment()).isGreaterThanOrEqualTo(alignment);
                    segment.fill((byte) -1);
                }
            }
            assertThat(arena.allocateFrom(ValueLayout.JAVA_LONG, 5).get(ValueLayout.JAVA_LONG, 0))
                    .isEqualTo(5);
        }
        HeapCheck.structure();
    }

    @Test
    void closingFreesEverySegment() {
        Statistics before = Statistics.read();
        try (Arena arena = ZoneArena.ofShared()) {
            for (int i = 0; i < 1000; i++) {
                arena.allocate(SIZES[i % SIZES.length]);
            }
            assertThat(Statistics.read().liveBlocks()).isEqualTo(before.liveBlocks() + 1000);
        }
        assertThat(Statistics.read().liveBlocks()).isEqualTo(before.liveBlocks());
        assertThat(Statistics.read().liveBytes()).isEqualTo(before.liveBytes());
    }

    @Test
    void aSegmentLivesAsLongAsItsArena() {
        Arena arena = ZoneArena.ofConfined();
        MemorySegment segment = arena.allocate(100);
        assertThat(segment.scope()).isEqualTo(arena.scope());
        arena.close();
        assertThat(segment.scope().isAlive()).isFalse();
        assertThatIllegalStateException().isThrownBy(() -> segment.get(ValueLayout.JAVA_BYTE, 0));
        assertThatIllegalStateException().isThrownBy(arena::close);
    }

    @Test
    void aClosedArenaGivesNothingAndLeaksNothing() {
        Arena arena = ZoneArena.ofConfined();
        arena.close();
        long live = Statistics.read().liveBlocks();
        assertThatIllegalStateException().isThrownBy(() -> arena.allocate(100));
        assertThat(Statistics.read().liveBlocks()).isEqualTo(live);
    }

    @Test
    void aConfinedArenaIsForItsThreadAlone() throws InterruptedException {
        try (Arena arena = ZoneArena.ofConfined()) {
            MemorySegment segment = arena.allocate(100);
            long live = Statistics.read().liveBlocks();
            assertThat(thrownInAnotherThread(() -> segment.fill((byte) 1))).isInstanceOf(WrongThreadException.class);
            assertThat(thrownInAnotherThread(() -> arena.allocate(100))).isInstanceOf(WrongThreadException.class);
            assertThat(thrownInAnotherThread(arena::close)).isInstanceOf(WrongThreadException.class);
            assertThat(Statistics.read().liveBlocks()).isEqualTo(live);
        }
    }

    @Test
    void aSharedArenaIsForAllThreads() throws InterruptedException {
        Arena arena = ZoneArena.ofShared();
        MemorySegment segment = arena.allocate(100);
        assertThat(thrownInAnotherThread(() -> segment.fill((byte) 1))).isNull();
        assertThat(thrownInAnotherThread(() -> arena.allocate(100))).isNull();
        assertThat(thrownInAnotherThread(arena::close)).isNull();
        assertThat(segment.scope().isAlive()).isFalse();
    }

    @Test
    void anAllocatorGivesSegmentsToAnyArenaOfTheJdk() {
        long live = Statistics.read().liveBlocks();
        try (Arena arena = Arena.ofConfined()) {
            SegmentAllocator allocator = ZoneArena.allocator(arena);
            MemorySegment segment = allocator.allocateFrom("a string");
            assertThat(segment.getString(0)).isEqualTo("a string");
            assertThat(Allocator.owns(segment.address())).isTrue();
            assertThat(segment.scope()).isEqualTo(arena.scope());
        }
        assertThat(Statistics.read().liveBlocks()).isEqualTo(live);
    }

    @Test
    void segmentsOfNoBytesHaveAddressesOfTheirOwn() {
        try (Arena arena = ZoneArena.ofConfined()) {
            MemorySegment one = arena.allocate(0);
            MemorySegment two = arena.allocate(0);
            assertThat(one.byteSize()).isZero();
            assertThat(one.address()).isNotEqualTo(two.address()).isNotZero();
        }
    }

    @Test
    void wrongArgumentsAreRefusedAsByTheJdk() {
        try (Arena arena = ZoneArena.ofConfined();
                Arena stock = Arena.ofConfined()) {
            for (Arena each : new Arena[] {arena, stock}) {
                assertThatIllegalArgumentException().isThrownBy(() -> each.allocate(-1, 1));
                assertThatIllegalArgumentException().isThrownBy(() -> each.allocate(1, 0));
                assertThatIllegalArgumentException().isThrownBy(() -> each.allocate(1, -8));
                assertThatIllegalArgumentException().isThrownBy(() -> each.allocate(1, 24));
                assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> each.allocate(1L << 60, 1));
            }
            assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> arena.allocate(1, 1L << 62));
        }
    }

    private static @Nullable Throwable thrownInAnotherThread(Runnable act) throws InterruptedException {
        AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
        Thread thread = Thread.ofPlatform().start(() -> {
            try {
                act.run();
            } catch (Throwable e) {
                thrown.set(e);
            }
        });
        thread.join();
        return thrown.get();
    }
}
