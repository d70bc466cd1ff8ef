package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** The walk over all live blocks, while others go on allocating. With {@code large=strict}: {@link OtherOptionsTest}. */
class LiveBlocksTest {

    private static final Duration LONGEST = Duration.ofSeconds(60);

    /** Far more than a page holds, or than the slots that are looked at under one hold of a lock. */
    private static final int MANY = 20_000;

    private static final long[] SIZES = {24, 700, 3_000, 50_000};

    @Test
    void noLockIsHeldWhileTheVisitorLooks() throws IOException {
        List<Long> blocks = new ArrayList<>();
        for (long bytes : SIZES) {
            blocks.add(Allocator.malloc(bytes));
        }
        // It takes every lock there is: one that this thread held already would be waited for without an end.
        assertTimeoutPreemptively(LONGEST, () -> {
            Set<Zone> zones = new HashSet<>();
            Set<Long> seen = new HashSet<>();
            LiveBlocks.visit(new BlockVisitor() {
                @Override
                public void zone(Zone zone, long address) {
                    zones.add(zone);
                    HeapCheck.structure();
                }

                @Override
                public void block(long address, long bytes, long usable) {
                    if (blocks.contains(address)) {
                        seen.add(address);
                        HeapCheck.structure();
                    }
                }
            });
            assertThat(zones).containsExactlyInAnyOrder(Zone.ALL);
            assertThat(seen).containsExactlyInAnyOrderElementsOf(blocks);
        });
        blocks.forEach(Allocator::free);
    }

    /** So much is done under one hold of a lock, and no more: what is freed on the page behind, or the run behind, is not seen. */
    @Test
    void aPageOrARunIsLookedAtOnlyWhenTheWalkComesToIt() throws IOException {
        for (long bytes : SIZES) {
            if (Zone.of(bytes) == Zone.LARGE && Options.current().large() == LargeMode.STRICT) {
                continue; // neither page nor run: see the next test
            }
            int count = bytes > SizeClasses.MAX ? 200 : MANY;
            List<Long> blocks = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                blocks.add(Allocator.malloc(bytes));
            }
            blocks.sort(null);
            FreeingVisitor visitor = new FreeingVisitor(blocks, bytes);
            LiveBlocks.visit(visitor);
            assertThat(visitor.freed).as("freed of %s bytes", bytes).isGreaterThan(3);
            assertThat(visitor.seenAfterFree).as("seen of %s bytes", bytes).isZero();
            assertThat(visitor.seen).isEqualTo(count - visitor.freed);
            visitor.live.forEach(Allocator::free);
        }
        HeapCheck.quiet();
    }

    /** At the first block that it sees of a unit (what may be looked at under one hold), frees the first block behind that unit. */
    private static final class FreeingVisitor implements BlockVisitor {
        final List<Long> blocks;
        final Set<Long> live;
        final Set<Long> gone = new HashSet<>();
        final long unit;
        long seenUnit = -1;
        int seen;
        int freed;
        int seenAfterFree;

        FreeingVisitor(List<Long> blocks, long bytes) {
            this.blocks = blocks;
            this.live = new HashSet<>(blocks);
            this.unit = bytes > SizeClasses.MAX
                    ? SystemCalls.OS_PAGE_SIZE
                    : 1L << (bytes > SizeClasses.FINE_MAX ? PageArea.COARSE_PAGE_SHIFT : PageArea.FINE_PAGE_SHIFT);
        }

        @Override
        public void zone(Zone zone, long address) {}

        @Override
        public void block(long address, long bytes, long usable) {
            seenAfterFree += gone.contains(address) ? 1 : 0;
            if (!live.contains(address)) {
                return;
            }
            seen++;
            long thisUnit = unitOf(address);
            if (thisUnit != seenUnit) {
                seenUnit = thisUnit;
                blocks.stream()
                        .filter(block -> unitOf(block) > thisUnit)
                        .findFirst()
                        .ifPresent(this::free);
            }
        }

        private long unitOf(long address) {
            return (address - Range.FINE_BASE) / unit;
        }

        private void free(long block) {
            if (live.remove(block)) {
                Allocator.free(block);
                gone.add(block);
                freed++;
            }
        }
    }

    /** Of three runs side by side, the middle one is free, and the first is freed while the visitor looks at it: both become one. */
    @Test
    void aRunBehindOneThatIsFreedMeanwhileIsSeen() throws IOException {
        Allocator.start();
        Set<Long> freed = new HashSet<>();
        Set<Long> kept = new HashSet<>();
        List<Long> between = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            freed.add(RunHeap.INSTANCE.take(50_000));
            between.add(RunHeap.INSTANCE.take(60_000));
            kept.add(RunHeap.INSTANCE.take(70_000));
        }
        between.forEach(RunHeap.INSTANCE::give);
        Set<Long> seen = new HashSet<>();
        LiveBlocks.visit(new BlockVisitor() {
            @Override
            public void zone(Zone zone, long address) {}

            @Override
            public void block(long address, long bytes, long usable) {
                seen.add(address);
                if (freed.contains(address)) {
                    RunHeap.INSTANCE.give(address);
                }
            }
        });
        assertThat(seen).containsAll(freed).containsAll(kept);
        kept.forEach(RunHeap.INSTANCE::give);
        HeapCheck.quiet();
    }

    @Test
    void strictMappingsAreWalkedWithAscendingAddressesAndTheirSizes() {
        StrictMappings strict = StrictMappings.INSTANCE;
        Map<Long, Long> taken = new HashMap<>();
        for (int i = 0; i < 3_000; i++) {
            long bytes = 40_000L + i;
            taken.put(strict.take(bytes), bytes);
        }
        Map<Long, Long> seen = new HashMap<>();
        List<Long> ascending = new ArrayList<>();
        StrictMappings.Walk walk = new StrictMappings.Walk(0);
        while (walk.next()) {
            seen.put(walk.address(), walk.bytes());
            ascending.add(walk.address());
        }
        assertThat(seen).containsAllEntriesOf(taken);
        assertThat(ascending).isSorted().doesNotHaveDuplicates();
        taken.keySet().forEach(strict::give);
        // Nothing is read of one that was unmapped since.
        assertThat(taken.keySet()).noneMatch(gone -> strict.copyStart(gone, new byte[16], 16));
    }

    /** What was taken where a block that was seen already has been meanwhile, is none of those that lived throughout. */
    @Test
    void noTwoStrictMappingsOfAWalkOverlapWhileOthersAllocate() throws InterruptedException {
        AtomicBoolean stop = new AtomicBoolean();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            int seed = i;
            threads.add(Thread.ofPlatform().start(() -> replaceStrict(new SplittableRandom(seed), stop)));
        }
        int blocks = 0;
        int overlaps = 0;
        while (blocks < 500_000) {
            long end = 0;
            StrictMappings.Walk walk = new StrictMappings.Walk(0);
            while (walk.next()) {
                overlaps += walk.address() < end ? 1 : 0;
                end = walk.address() + StrictMappings.mapped(walk.bytes());
                blocks++;
            }
        }
        stop.set(true);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(overlaps).isZero();
    }

    private static void replaceStrict(SplittableRandom random, AtomicBoolean stop) {
        long[] blocks = new long[1_000];
        while (!stop.get()) {
            int slot = random.nextInt(blocks.length);
            if (blocks[slot] != 0) {
                StrictMappings.INSTANCE.give(blocks[slot]);
            }
            blocks[slot] = StrictMappings.INSTANCE.take(random.nextLong(40_000, 80_000));
        }
        for (long block : blocks) {
            if (block != 0) {
                StrictMappings.INSTANCE.give(block);
            }
        }
    }

    @Test
    void whatLivesThroughoutIsSeenOnceWithItsSizeWhileOthersAllocate() throws Exception {
        Map<Long, Long> kept = new HashMap<>();
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 5_000; i++) {
            long bytes = random.nextLong(1, random.nextInt(100) == 0 ? 200_000 : 4_000);
            kept.put(Allocator.malloc(bytes), bytes);
        }
        AtomicBoolean stop = new AtomicBoolean();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int seed = i;
            threads.add(Thread.ofPlatform().start(() -> churn(new SplittableRandom(seed), stop)));
        }
        for (int round = 0; round < 30; round++) {
            Map<Long, Long> seen = new HashMap<>();
            List<Long> ascending = new ArrayList<>();
            LiveBlocks.visit(new BlockVisitor() {
                @Override
                public void zone(Zone zone, long address) {
                    ascending.clear();
                }

                @Override
                public void block(long address, long bytes, long usable) {
                    assertThat(usable).isGreaterThanOrEqualTo(bytes);
                    if (!ascending.isEmpty()) {
                        assertThat(address).isGreaterThan(ascending.getLast());
                    }
                    ascending.add(address);
                    if (kept.containsKey(address)) {
                        assertThat(seen.put(address, bytes)).isNull();
                    }
                }
            });
            assertThat(seen).isEqualTo(kept);
        }
        stop.set(true);
        for (Thread thread : threads) {
            thread.join();
        }
        kept.keySet().forEach(Allocator::free);
        HeapCheck.structure();
    }

    private static void churn(SplittableRandom random, AtomicBoolean stop) {
        long[] slots = new long[500];
        while (!stop.get()) {
            int slot = random.nextInt(slots.length);
            Allocator.free(slots[slot]);
            slots[slot] = Allocator.malloc(random.nextLong(1, random.nextInt(50) == 0 ? 200_000 : 6_000));
        }
        for (long block : slots) {
            Allocator.free(block);
        }
    }
}
