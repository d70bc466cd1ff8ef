package zonal.allocator;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Many threads take, resize and free each other's blocks: {@code main(seed, steps, "platform" | "short-lived" | "crowd" | "sleepy" |
 * "sleepy-virtual" | "virtual")}, in a JVM of its own. Blocks change hands through a table: who puts one in frees the one that lay there.
 */
final class ThreadsRun {

    private static final int TABLE = 2_048;
    private static final int PLATFORM_THREADS = 8;
    private static final int CROWD = 1_200;
    private static final int WAVES = 2;
    private static final long STEPS_FOR_EACH_OF_A_CROWD = 10_000;
    private static final long SMALL_STACK = 256 << 10;
    private static final int STEPS_OF_A_SHORT_LIFE = 400;
    private static final int STEPS_OF_A_BURST = 20;
    private static final int STEPS_OF_A_VIRTUAL_THREAD = 40;

    private record Block(long address, long bytes, long stamp) {}

    private static final AtomicReferenceArray<@Nullable Block> SHARED = new AtomicReferenceArray<>(TABLE);
    private static final AtomicReference<@Nullable Throwable> FAILURE = new AtomicReference<>();
    private static final AtomicLong THREADS = new AtomicLong();

    private ThreadsRun() {}

    public static void main(String[] args) throws Throwable {
        ChildJvm.configure();
        Allocator.start();
        long seed = Long.parseLong(args[0]);
        long steps = Long.parseLong(args[1]);
        CountDownLatch done = new CountDownLatch(1);
        Thread watcher = Thread.ofPlatform().start(() -> watch(done));
        switch (args[2]) {
            case "platform" -> runPlatform(seed, steps, steps / PLATFORM_THREADS);
            case "short-lived" -> runPlatform(seed, steps, STEPS_OF_A_SHORT_LIFE);
            case "crowd" -> runCrowd(seed, steps);
            case "sleepy" -> runSleepy(seed, steps, false);
            case "sleepy-virtual" -> runSleepy(seed, steps, true);
            case "virtual" -> runVirtual(seed, steps);
            default -> throw new IllegalArgumentException(args[2]);
        }
        done.countDown();
        watcher.join();
        Throwable failure = FAILURE.get();
        if (failure != null) {
            throw new AssertionError("threads run failed: seed " + seed, failure);
        }
        HeapCheck.quiet();
        for (int i = 0; i < TABLE; i++) {
            release(SHARED.getAndSet(i, null));
        }
        HeapCheck.Seen seen = HeapCheck.quiet();
        require(seen.liveBlocks() == 0, "all is freed, and the maps show " + seen);
        Statistics statistics = HeapCheck.eventually(ThreadsRun::emptyStatistics);
        require(statistics.badFreeCount() == 0, "there was no bad free, and yet " + statistics);
        require(Allocator.show_alloc_mem().endsWith("Total : 0 bytes\n"), "all is freed, and yet blocks are listed");
    }

    private static Statistics emptyStatistics() {
        Statistics statistics = Statistics.read();
        require(statistics.liveBlocks() == 0 && statistics.liveBytes() == 0, "all is freed, and yet " + statistics);
        return statistics;
    }

    /** Eight threads at a time, each for some steps; one that ends has a successor, until all steps are done. */
    private static void runPlatform(long seed, long steps, long life) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        AtomicLong left = new AtomicLong(steps);
        for (int i = 0; i < PLATFORM_THREADS; i++) {
            threads.add(Thread.ofPlatform().start(() -> succeed(seed, left, life)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static void succeed(long seed, AtomicLong left, long life) {
        while (left.getAndAdd(-life) > 0 && FAILURE.get() == null) {
            Thread thread = Thread.ofPlatform().start(() -> live(seed, life, false));
            try {
                thread.join();
            } catch (InterruptedException e) {
                FAILURE.compareAndSet(null, e);
            }
        }
    }

    /** An application's thread, which answers for itself. */
    private static final class Secretive extends Thread {

        Secretive(Runnable life) {
            super(life);
        }

        @Override
        public StackTraceElement[] getStackTrace() {
            throw new AssertionError("nobody may ask");
        }
    }

    /** Threads that sleep between bursts, and lose their caches, or their carriers', while they do, whenever one is seen to sleep. */
    private static void runSleepy(long seed, long steps, boolean virtual) throws Throwable {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < PLATFORM_THREADS; i++) {
            Runnable life = () -> sleepBetweenBursts(seed, steps / PLATFORM_THREADS, virtual ? 2_000_000 : 200_000);
            threads.add(
                    virtual ? Thread.ofVirtual().unstarted(life) : i % 2 == 0 ? new Thread(life) : new Secretive(life));
            threads.getLast().start();
        }
        long retired = 0;
        while (threads.stream().anyMatch(Thread::isAlive)) {
            for (int place = 0; place < CacheTable.PLACES; place++) {
                // What was freed long ago goes back to the system at once.
                long used = place % 2 == 0 ? Housekeeper.now() : 0;
                retired += CacheTable.retire(place, used) ? 1 : 0;
            }
            IdleMagazines.look();
        }
        System.out.println("retired=" + retired);
    }

    private static void sleepBetweenBursts(long seed, long steps, int longestSleepNanos) {
        SplittableRandom random =
                new SplittableRandom(seed + Thread.currentThread().threadId());
        for (long left = steps; left > 0; left -= STEPS_OF_A_BURST) {
            live(seed, random.nextInt(2 * STEPS_OF_A_BURST), false);
            LockSupport.parkNanos(random.nextInt(longestSleepNanos));
        }
    }

    /** More threads than there are caches of their own, all alive at once, in waves that overlap. */
    private static void runCrowd(long seed, long steps) throws InterruptedException {
        List<Thread> before = List.of();
        CountDownLatch end = new CountDownLatch(0);
        for (int wave = 0; wave < WAVES; wave++) {
            List<Thread> threads = new ArrayList<>();
            CountDownLatch done = new CountDownLatch(CROWD);
            CountDownLatch mayEnd = new CountDownLatch(1);
            for (int i = 0; i < CROWD; i++) {
                Runnable life = () -> {
                    live(seed, Math.max(8, steps / STEPS_FOR_EACH_OF_A_CROWD), false);
                    done.countDown();
                    awaitUnchecked(mayEnd);
                };
                threads.add(new Thread(null, life, "crowd", SMALL_STACK));
                threads.getLast().start();
                if (i == CROWD / 2) {
                    end.countDown(); // the wave before ends while this one begins
                }
            }
            done.await();
            join(before);
            before = threads;
            end = mayEnd;
        }
        end.countDown();
        join(before);
    }

    private static void awaitUnchecked(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            FAILURE.compareAndSet(null, e);
        }
    }

    private static void join(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static void runVirtual(long seed, long steps) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (long i = 0; i < steps / STEPS_OF_A_VIRTUAL_THREAD; i++) {
            threads.add(Thread.ofVirtual().start(() -> live(seed, STEPS_OF_A_VIRTUAL_THREAD, true)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static void live(long seed, long steps, boolean yields) {
        SplittableRandom random = new SplittableRandom(seed + THREADS.incrementAndGet());
        try {
            for (long i = 0; i < steps; i++) {
                step(random, yields);
            }
        } catch (Throwable e) {
            FAILURE.compareAndSet(null, e);
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // to have virtual threads change carriers in the middle
    private static void step(SplittableRandom random, boolean yields) {
        Block block = take(random);
        if (yields) {
            Thread.yield();
        }
        if (random.nextInt(4) == 0) {
            block = resize(block, random);
        }
        release(SHARED.getAndSet(random.nextInt(TABLE), block));
        // Some of its own, to have caches filled and flushed.
        int more = random.nextInt(100) == 0 ? 100 : 1;
        Block[] own = new Block[more];
        for (int i = 0; i < more; i++) {
            own[i] = take(random);
        }
        if (yields) {
            Thread.yield();
        }
        for (Block mine : own) {
            release(mine);
        }
    }

    private static long size(SplittableRandom random) {
        int kind = random.nextInt(1000);
        return 1L + random.nextInt(kind < 700 ? 128 : kind < 900 ? 1024 : kind < 990 ? 32 << 10 : 256 << 10);
    }

    private static Block take(SplittableRandom random) {
        long bytes = size(random);
        boolean zeroed = random.nextInt(8) == 0;
        long address = zeroed ? Allocator.calloc(bytes, 1) : Allocator.malloc(bytes);
        if (zeroed) {
            Stamp.verifyZero(address, bytes);
        }
        return stamped(address, bytes, random.nextLong());
    }

    private static Block stamped(long address, long bytes, long stamp) {
        require(address > 0 && (address & 15) == 0, "not aligned");
        Stamp.write(address, bytes, stamp);
        return new Block(address, bytes, stamp);
    }

    private static Block resize(Block block, SplittableRandom random) {
        long bytes = size(random);
        long address = Allocator.realloc(block.address, bytes);
        Stamp.verify(address, block.bytes, Math.min(bytes, block.bytes), block.stamp);
        return stamped(address, bytes, block.stamp + 1);
    }

    private static void release(@Nullable Block block) {
        if (block != null) {
            Stamp.verify(block.address, block.bytes, block.stamp);
            Allocator.free(block.address);
        }
    }

    /** Looks at everything while the others are at work. */
    private static void watch(CountDownLatch done) {
        try {
            while (!done.await(50, java.util.concurrent.TimeUnit.MILLISECONDS)) {
                HeapCheck.structure();
                require(Statistics.read().badFreeCount() == 0, "there was no bad free");
                require(
                        Allocator.show_alloc_mem_ex().lines().anyMatch(line -> line.startsWith("Total : ")),
                        "the listing has no total");
            }
        } catch (Throwable e) {
            FAILURE.compareAndSet(null, e);
        }
    }

    private static void require(boolean holds, String violated) {
        if (!holds) {
            throw new AssertionError(violated);
        }
    }
}
