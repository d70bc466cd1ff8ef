package zonal.allocator;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Fuzzes the public calls, {@code main(seed, steps)}, in a JVM of its own: in turn one {@link Fuzzer} alone, to which any address may be
 * said; some of them in threads, each with addresses that can't be another's; and two threads that free the same blocks at once.
 */
final class FuzzRun {

    private static final int ROUNDS = 5;
    private static final int THREADS = 3;
    private static final int DUEL_BLOCKS = 200;
    private static final int[] DUEL_SIZES = {16, 100, 1_000, 5_000, 40_000, 200_000};

    private static final AtomicReference<@Nullable Throwable> FAILURE = new AtomicReference<>();

    private FuzzRun() {}

    public static void main(String[] args) throws InterruptedException {
        ChildJvm.configure();
        Allocator.start();
        long seed = Long.parseLong(args[0]);
        long steps = Long.parseLong(args[1]) / ROUNDS / (1 + THREADS);
        SplittableRandom random = new SplittableRandom(seed);
        try {
            for (int round = 0; round < ROUNDS; round++) {
                alone(random.split(), steps);
                inThreads(random.split(), steps);
                duel(DUEL_SIZES[random.nextInt(DUEL_SIZES.length)]);
            }
        } catch (Throwable e) {
            throw new AssertionError(
                    "fuzzing failed: seed " + seed + ", options "
                            + Options.current().asMap(),
                    e);
        }
    }

    private static void alone(SplittableRandom random, long steps) {
        long before = counted();
        Fuzzer fuzzer = new Fuzzer(random, true);
        fuzzer.run(steps);
        require(
                counted() - before == fuzzer.wrongCalls(),
                fuzzer.wrongCalls() + " wrong calls, and counted were " + (counted() - before));
        checkAndFree(List.of(fuzzer));
    }

    private static void inThreads(SplittableRandom random, long steps) throws InterruptedException {
        List<Fuzzer> fuzzers = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            Fuzzer fuzzer = new Fuzzer(random.split(), false);
            fuzzers.add(fuzzer);
            threads.add(start(() -> fuzzer.run(steps)));
        }
        join(threads);
        checkAndFree(fuzzers);
    }

    private static void checkAndFree(List<Fuzzer> fuzzers) {
        HeapCheck.Seen seen = HeapCheck.quiet();
        long blocks = 0;
        long bytes = 0;
        for (Fuzzer fuzzer : fuzzers) {
            blocks += fuzzer.liveBlocks();
            bytes += fuzzer.liveBytes();
        }
        require(seen.liveBlocks() == blocks, "the maps show " + seen + ", and live are " + blocks);
        require(seen.liveBytes() == bytes, "the maps show " + seen + ", and live are " + bytes + " bytes");
        fuzzers.forEach(Fuzzer::freeAll);
        seen = HeapCheck.quiet();
        require(seen.liveBlocks() == 0, "all is freed, and the maps show " + seen);
    }

    /** Two threads free the same blocks at the same moment: each is freed once, and each of the other frees is a bad one. */
    private static void duel(int bytes) throws InterruptedException {
        long[] blocks = new long[DUEL_BLOCKS];
        for (int i = 0; i < DUEL_BLOCKS; i++) {
            blocks[i] = Allocator.malloc(bytes);
        }
        AtomicInteger[] met = new AtomicInteger[DUEL_BLOCKS];
        for (int i = 0; i < DUEL_BLOCKS; i++) {
            met[i] = new AtomicInteger();
        }
        long before = counted();
        CountDownLatch both = new CountDownLatch(2);
        Runnable free = () -> {
            both.countDown();
            for (int i = 0; i < DUEL_BLOCKS; i++) {
                met[i].incrementAndGet();
                while (met[i].get() < 2) {
                    Thread.onSpinWait();
                }
                try {
                    Allocator.tryFree(blocks[i]);
                } catch (IllegalArgumentException e) {
                    // on-error=throw, and the other was first
                }
            }
        };
        join(List.of(start(free), start(free)));
        require(counted() - before == DUEL_BLOCKS, "of two frees one is bad, and counted were " + (counted() - before));
        require(HeapCheck.quiet().liveBlocks() == 0, "each block is freed");
    }

    /** Bad and foreign calls so far. */
    private static long counted() {
        return BadCalls.count() + Allocator.foreignFrees();
    }

    private static Thread start(Runnable act) {
        return Thread.ofPlatform().start(() -> {
            try {
                act.run();
            } catch (Throwable e) {
                FAILURE.compareAndSet(null, e);
            }
        });
    }

    private static void join(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
        Throwable failure = FAILURE.get();
        if (failure != null) {
            throw new AssertionError("in a thread", failure);
        }
    }

    private static void require(boolean holds, String violated) {
        if (!holds) {
            throw new AssertionError(violated);
        }
    }
}
