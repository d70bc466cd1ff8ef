package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The thread that a page is biased to frees its blocks without atomic instructions, and yet nothing is freed twice. */
class BiasTest {

    /** What is counted of pages, {@code Bias.MOST_COUNTED}: so much fits into a short with room to spare. */
    private static final int MOST_COUNTED = 4_096;

    private static final int[] SIZES = {40, 5_000};

    /** More than a magazine, a depot and the pages in use can have. */
    private static final int ENOUGH_FOR_FRESH_PAGES = 200_000;

    @Test
    void aFreshPageIsBiasedToTheCacheItWasMadeForAndStaysSoWhileItsThreadFrees() throws InterruptedException {
        for (int bytes : SIZES) {
            inThread(() -> {
                useOwnCache();
                List<Long> blocks = untilBiased(bytes);
                long block = blocks.getLast();
                Allocator.free(block);
                assertThat(bias(block)).isEqualTo(mine());
                blocks.subList(0, blocks.size() - 1).forEach(Allocator::free);
            });
        }
        HeapCheck.quiet();
    }

    @Test
    void anotherThreadsFreeEndsTheBiasForAsLongAsThePageLives() throws InterruptedException {
        for (int bytes : SIZES) {
            inThread(() -> {
                useOwnCache();
                List<Long> blocks = untilBiased(bytes);
                long kept = blocks.getLast();
                long given = blocks.get(blocks.size() - 2);
                setBias(given, mine());
                inThread(() -> Allocator.free(given));
                assertThat(Bias.isShared(bias(given))).isTrue();
                blocks.remove(given);
                blocks.remove(kept);
                blocks.forEach(Allocator::free);
                assertThat(Bias.isShared(bias(given))).isTrue();
                Allocator.free(kept);
            });
        }
        HeapCheck.quiet();
    }

    @Test
    void anotherThreadsBadFreeChangesNothing() throws InterruptedException {
        inThread(() -> {
            useOwnCache();
            List<Long> blocks = untilBiased(40);
            long block = blocks.getLast();
            inThread(() -> Allocator.free(block + 16));
            assertThat(bias(block)).isEqualTo(mine());
            blocks.forEach(Allocator::free);
        });
    }

    @Test
    void aCacheWhosePagesAreAlwaysRevokedGetsFewBiases() throws InterruptedException {
        inThread(() -> {
            useOwnCache();
            Set<Long> biased = new HashSet<>();
            Set<Long> pages = new HashSet<>();
            for (int round = 0; round < 40; round++) {
                List<Long> blocks = new ArrayList<>();
                for (int i = 0; i < 1_000; i++) {
                    blocks.add(Allocator.malloc(30_000));
                    long page = ((blocks.getLast() - PageArea.COARSE.base) >>> PageArea.COARSE_PAGE_SHIFT)
                            + ((long) round << 32);
                    if (bias(blocks.getLast()) == mine()) {
                        biased.add(page);
                    }
                    pages.add(page);
                }
                inThread(() -> blocks.forEach(Allocator::free));
                CacheTable.sweep();
                Depot.drainUnused();
                Depot.drainUnused();
            }
            assertThat(pages.size()).isGreaterThan(3_000);
            assertThat(biased.size()).isBetween(1, pages.size() / 4);
        });
    }

    /** However many pages a thread has been given, and others have revoked: counts that wrapped would say that all were revoked, or none. */
    @Test
    void countsOfPagesStaySmallHoweverManyThereWere() throws InterruptedException {
        inThread(() -> {
            useOwnCache();
            long cache = CacheTable.mine();
            List<Long> blocks = untilBiased(40);
            long block = blocks.getLast();
            int page = PageArea.FINE.index(block - PageArea.FINE.base);
            Memory.putShort(cache + ThreadCache.FRESH, (short) (MOST_COUNTED - 5));
            for (int i = 0; i < 10; i++) {
                Bias.give(PageArea.FINE, page, cache, CacheTable.stripe(cache));
                assertThat(bias(block)).isEqualTo(mine());
                assertThat((int) Memory.getShort(cache + ThreadCache.FRESH)).isBetween(1, MOST_COUNTED);
            }
            Memory.putShort(cache + ThreadCache.REVOKED, (short) (MOST_COUNTED - 5));
            for (int i = 0; i < 10; i++) {
                setBias(block, mine());
                Bias.revokeOthers(CacheTable.address(0), block);
                assertThat((int) Memory.getShort(cache + ThreadCache.REVOKED)).isBetween(1, MOST_COUNTED);
            }
            blocks.forEach(Allocator::free);
        });
    }

    /** The owner has read that the page is its own, and is stopped before it writes: nobody frees in the page by compare-and-set before it has. */
    @Test
    void anotherThreadsFreeWaitsForTheOwnersThatIsUnderWay() throws InterruptedException {
        inThread(() -> {
            useOwnCache();
            List<Long> blocks = untilBiased(40);
            long own = blocks.removeLast();
            long others = blocks.removeLast();
            setBias(others, mine());
            AtomicLong freed = new AtomicLong();
            Bias.enter(CacheTable.mine(), own);
            Thread other = Thread.ofPlatform().start(() -> {
                Allocator.free(others);
                freed.set(1);
            });
            while (bias(others) == mine()) {
                Thread.onSpinWait();
            }
            SystemCalls.sleepMicros(20_000);
            long freedTooEarly = freed.get();
            Bias.leave(CacheTable.mine());
            other.join();
            assertThat(freedTooEarly).isZero();
            assertThat(Bias.isShared(bias(others))).isTrue();
            Allocator.free(own);
            blocks.forEach(Allocator::free);
        });
    }

    /** Whatever came of its free: who revokes a bias of its cache would wait for it as long as it makes no other. */
    @Test
    void whoHasFreedABlockIsNoLongerAboutTo() throws InterruptedException {
        for (int bytes : SIZES) {
            inThread(() -> {
                useOwnCache();
                List<Long> blocks = untilBiased(bytes);
                long own = blocks.removeLast();
                long shared = blocks.removeLast();
                setBias(own, mine());
                freeTwice(own);
                Bias.revokeOthers(CacheTable.address(0), shared);
                freeTwice(shared);
                blocks.forEach(Allocator::free);
            });
        }
        HeapCheck.quiet();
    }

    /** Of a shared page; else the thread that freed them would take them, and the two stripes' threads write to the same lines of the block map. */
    @Test
    void blocksThatAnotherStripesThreadFreesGoHome() throws InterruptedException {
        for (int bytes : SIZES) {
            inThread(() -> {
                useOwnCache();
                int home = CacheTable.stripe(CacheTable.mine());
                List<Long> blocks = new ArrayList<>();
                while (blocks.size() < 3 * Magazine.capacity(SizeClasses.of(bytes))) {
                    long block = Allocator.malloc(bytes);
                    Bias.revokeOthers(CacheTable.address(0), block);
                    if (Bias.home(block) == home) {
                        blocks.add(block);
                    } else {
                        Allocator.free(block);
                    }
                }
                inOtherStripe(home, () -> {
                    blocks.forEach(Allocator::free);
                    List<Long> taken = new ArrayList<>();
                    blocks.forEach(block -> taken.add(Allocator.malloc(bytes)));
                    Set<Long> same = new HashSet<>(taken);
                    same.retainAll(blocks);
                    // But for a batch or two: where a thread is stopped in this stripe's heap, its neighbour serves.
                    assertThat(same).hasSizeLessThan(blocks.size() / 3);
                    taken.forEach(Allocator::free);
                });
                HeapCheck.quiet();
                Set<Long> back = new HashSet<>();
                List<Long> taken = new ArrayList<>();
                for (int i = 0; i < blocks.size(); i++) {
                    taken.add(Allocator.malloc(bytes));
                    back.add(taken.getLast());
                }
                back.retainAll(blocks);
                assertThat(back).isNotEmpty();
                taken.forEach(Allocator::free);
            });
        }
        HeapCheck.quiet();
    }

    /** Where there are more than two stripes: what a magazine has of each goes there, and not all where the first of them is at home. */
    @Test
    void remoteBlocksOfSeveralStripesEachGoHome() throws InterruptedException {
        for (int bytes : SIZES) {
            int sizeClass = SizeClasses.of(bytes);
            List<Long> blocks = new ArrayList<>();
            for (int round = 0; round < 2; round++) {
                for (int stripe = 0; stripe < ThreadCache.STRIPES; stripe++) {
                    blocks.add(blockOf(stripe, sizeClass));
                }
            }
            inThread(() -> {
                useOwnCache();
                blocks.forEach(Allocator::free);
                Magazine.makeRoom(CacheTable.mine(), sizeClass);
                assertThat(Magazine.remoteCount(CacheTable.mine(), sizeClass)).isZero();
                for (int stripe = 0; stripe < ThreadCache.STRIPES; stripe++) {
                    for (int i = 0; i < Depot.count(stripe, sizeClass); i++) {
                        long block = Depot.block(stripe, sizeClass, i);
                        assertThat(!blocks.contains(block) || Bias.home(block) == stripe)
                                .isTrue();
                    }
                }
            });
        }
        HeapCheck.quiet();
    }

    /** A live block of a shared page that is at home in a stripe. */
    private static long blockOf(int stripe, int sizeClass) throws InterruptedException {
        List<Long> blocks = new ArrayList<>();
        inOwnStripe(stripe, () -> {
            long block;
            do {
                block = Allocator.malloc(SizeClasses.size(sizeClass));
                Bias.revokeOthers(CacheTable.address(0), block);
                blocks.add(block);
            } while (Bias.home(block) != stripe);
        });
        long last = blocks.removeLast();
        blocks.forEach(Allocator::free);
        return last;
    }

    /** {@link Bias}'s argument, put to the test: the page is biased anew before each round, and so revoked in each. */
    @Test
    void aBlockThatItsOwnerAndAnotherFreeAtOnceIsFreedOnce() throws InterruptedException {
        for (int bytes : SIZES) {
            race(bytes, 20_000);
        }
        HeapCheck.quiet();
    }

    private static void race(int bytes, int rounds) throws InterruptedException {
        int threads = 2;
        AtomicLong block = new AtomicLong();
        SpinBarrier together = new SpinBarrier(threads);
        long badBefore = BadCalls.count();
        long liveBefore = liveBlocks();
        inThreads(threads, member -> {
            useOwnCache();
            for (int round = 0; round < rounds; round++) {
                if (member == 0) {
                    long taken = Allocator.malloc(bytes);
                    setBias(taken, mine());
                    block.set(taken);
                }
                together.await();
                Allocator.free(block.get());
                together.await();
            }
        });
        assertThat(BadCalls.count() - badBefore).isEqualTo((long) rounds * (threads - 1));
        assertThat(liveBlocks()).isEqualTo(liveBefore);
    }

    /** A thread that frees what another stripe's threads take makes use of the magazine: it isn't asked to empty it. */
    @Test
    void aRemoteBlockWithoutSlackCountsAsUse() throws InterruptedException {
        withBlockFromElsewhere(64, block -> {
            int sizeClass = SizeClasses.of(64);
            long before = Magazine.digest(CacheTable.mine(), sizeClass);
            Allocator.free(block);
            assertThat(Magazine.remoteCount(CacheTable.mine(), sizeClass)).isEqualTo(1);
            assertThat(Magazine.digest(CacheTable.mine(), sizeClass)).isNotEqualTo(before);
        });
    }

    @Test
    void ofARemoteBlockItsRequestedBytesAreLiveNoMore() throws InterruptedException {
        withBlockFromElsewhere(50, block -> {
            long kept = Allocator.malloc(64); // a class without live blocks has no live bytes, whatever its slack
            long before = Statistics.read().liveBytes();
            Allocator.free(block);
            assertThat(Magazine.remoteCount(CacheTable.mine(), SizeClasses.of(64)))
                    .isEqualTo(1);
            assertThat(Statistics.read().liveBytes()).isEqualTo(before - 50);
            Allocator.free(kept);
        });
    }

    /** A magazine that has nothing else, and so nothing to serve. */
    @Test
    void remoteBlocksOfAMagazineThatItsThreadNoLongerUsesGoBack() throws InterruptedException {
        withBlockFromElsewhere(64, block -> {
            int sizeClass = SizeClasses.of(64);
            long cache = CacheTable.mine();
            Allocator.free(block);
            List<Long> taken = new ArrayList<>();
            while (Magazine.count(cache, sizeClass) > 0) {
                taken.add(Allocator.malloc(64));
            }
            assertThat(Magazine.remoteCount(cache, sizeClass)).isEqualTo(1);
            IdleMagazines.look();
            IdleMagazines.look();
            assertThat(CacheTable.mine()).isEqualTo(cache); // a call, whatever it is
            assertThat(Magazine.remoteCount(cache, sizeClass)).isZero();
            taken.forEach(Allocator::free);
        });
        HeapCheck.quiet();
    }

    // ---- what the tests look at

    private static void useOwnCache() {
        assertThat(OwnCache.get()).isNotZero();
        // It may be that of a thread that has ended, with what that left there, and whose biases were revoked.
        CacheTable.drainMine();
        Memory.putShort(CacheTable.mine() + ThreadCache.REVOKED, (short) 0);
    }

    /** Runs an act in a thread whose cache belongs to another stripe than {@code stripe}. */
    private static void inOtherStripe(int stripe, Act act) throws InterruptedException {
        inStripe(other -> other != stripe, act);
    }

    /** Runs an act with a block of a shared page, in a thread of another stripe than the page is at home in, whose magazine of that size is in use. */
    private static void withBlockFromElsewhere(int bytes, BlockAct act) throws InterruptedException {
        inThread(() -> {
            useOwnCache();
            long block = Allocator.malloc(bytes);
            Bias.revokeOthers(CacheTable.address(0), block);
            inOtherStripe(Bias.home(block), () -> {
                Allocator.free(Allocator.malloc(bytes));
                act.run(block);
            });
        });
    }

    /** Runs an act in a thread whose cache belongs to this stripe. */
    private static void inOwnStripe(int stripe, Act act) throws InterruptedException {
        inStripe(own -> own == stripe, act);
    }

    private static void inStripe(IntPredicate right, Act act) throws InterruptedException {
        int threads = 2 * ThreadCache.STRIPES + 2;
        AtomicBoolean done = new AtomicBoolean();
        CountDownLatch begin = new CountDownLatch(threads); // what the others take is no longer live then
        CountDownLatch end = new CountDownLatch(1);
        inThreads(threads, member -> {
            try {
                useOwnCache(); // no two of those that live have the same one
            } finally {
                begin.countDown();
            }
            begin.await();
            if (right.test(CacheTable.stripe(CacheTable.mine())) && done.compareAndSet(false, true)) {
                try {
                    act.run();
                } finally {
                    end.countDown();
                }
            }
            end.await();
        });
    }

    /** The second free is a bad one. */
    private static void freeTwice(long block) {
        for (int i = 0; i < 2; i++) {
            Allocator.free(block);
            assertThat(Memory.getLong(CacheTable.mine() + ThreadCache.FREEING)).isZero();
        }
    }

    private static int mine() {
        return Memory.getShort(CacheTable.mine() + ThreadCache.BIAS);
    }

    /** Takes blocks until the last two lie in a page that is biased to the caller's cache. */
    private static List<Long> untilBiased(int bytes) {
        List<Long> blocks = new ArrayList<>();
        for (int i = 0; i < ENOUGH_FOR_FRESH_PAGES; i++) {
            blocks.add(Allocator.malloc(bytes));
            if (i > 0 && bias(blocks.get(i)) == mine() && biasEntry(blocks.get(i)) == biasEntry(blocks.get(i - 1))) {
                return blocks;
            }
        }
        throw new AssertionError("no page is biased to this thread's cache");
    }

    private static int bias(long block) {
        return Bias.of(biasEntry(block));
    }

    private static void setBias(long block, int bias) {
        Memory.putShort(biasEntry(block), (short) bias);
    }

    private static long biasEntry(long block) {
        return block < Range.COARSE_BASE
                ? Bias.fineEntry(BlockMap.fineGranule(block))
                : Bias.coarseEntry(BlockMap.coarseGranule(block));
    }

    private static long liveBlocks() {
        return HeapCheck.quiet().liveBlocks();
    }

    private interface Part {
        void run(int member) throws InterruptedException;
    }

    private interface BlockAct {
        void run(long block) throws InterruptedException;
    }

    private interface Act {
        void run() throws InterruptedException;
    }

    private static void inThread(Act act) throws InterruptedException {
        inThreads(1, member -> act.run());
    }

    private static void inThreads(int count, Part part) throws InterruptedException {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int member = i;
            Thread thread = OwnCache.thread(() -> {
                try {
                    part.run(member);
                } catch (Throwable thrown) {
                    failure.compareAndSet(null, thrown);
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        if (failure.get() != null) {
            throw new AssertionError(failure.get());
        }
    }
}
