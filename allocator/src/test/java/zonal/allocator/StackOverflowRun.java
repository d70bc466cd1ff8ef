package zonal.allocator;

import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * Calls the allocator at every depth of a stack that overflows: {@code main(overflows)}, in a JVM of its own. A call that is cut off must
 * have done nothing, and one that comes back everything. {@code main(overflows, "frees")}: all calls are frees in shared pages, and mallocs.
 *
 * <p>Frames of two sizes alternate at random, so that the end of the stack is met at any place of any frame of the allocator.
 */
final class StackOverflowRun {

    private static final long STACK_BYTES = 256 << 10;
    private static final int OVERFLOWS_OF_A_THREAD = 50;
    private static final long[] SIZES = {1, 16, 100, 1_000, 3_000, 20_000, 40_000, 80_000};

    /** A probe reaches further than so many frames of {@link #deeper}: the end is met in a call of the allocator. */
    private static final int FRAMES_BETWEEN_CALLS = 8;

    /** What is live, by the returns of the allocator. No call lies between a return and its note here. */
    private static final long[] LIVE = new long[4_000];

    private static int next;
    private static long random;
    private static long overflows;

    /** How often a call that was cut off has left others to believe that it is in the middle of a free. */
    private static long freeing;

    /** Whether every thread is asked to empty magazines all the time. */
    private static volatile boolean asking;

    private static boolean onlyFrees;

    private StackOverflowRun() {}

    public static void main(String[] args) throws InterruptedException {
        if (args.length > 1) {
            onlyFrees = true;
            FaultySystem.install();
            FaultySystem.refuse(FaultySystem.Call.BARRIER); // then no page is biased
        }
        ChildJvm.configure();
        Allocator.start();
        long wanted = Long.parseLong(args[0]);
        SplittableRandom seeds = new SplittableRandom(1);
        Thread.ofPlatform().daemon().start(StackOverflowRun::ask);
        for (long i = 0; i < wanted / OVERFLOWS_OF_A_THREAD; i++) {
            asking = i % 2 == 1;
            Thread thread = new Thread(null, () -> overflow(seeds), "overflow", STACK_BYTES + seeds.nextInt(4096));
            thread.start();
            thread.join();
        }
        asking = false;
        HeapCheck.Seen seen = HeapCheck.quiet();
        int live = 0;
        for (long block : LIVE) {
            live += block == 0 ? 0 : 1;
        }
        if (seen.liveBlocks() != live) {
            throw new AssertionError("the maps show " + seen + ", and live are " + live);
        }
        for (int i = 0; i < LIVE.length; i++) {
            Allocator.free(LIVE[i]);
        }
        seen = HeapCheck.quiet();
        if (seen.liveBlocks() != 0 || Statistics.read().badFreeCount() != 0) {
            throw new AssertionError("all is freed, and the maps show " + seen + "; " + Statistics.read());
        }
        if (freeing != 0) {
            throw new AssertionError("still in the middle of a free after " + freeing + " of " + overflows);
        }
        System.out.println("overflows=" + overflows);
    }

    private static void ask() {
        while (true) {
            if (asking) {
                IdleMagazines.look();
            }
            LockSupport.parkNanos(100_000);
        }
    }

    private static void overflow(SplittableRandom seeds) {
        for (int i = 0; i < OVERFLOWS_OF_A_THREAD; i++) {
            random = seeds.nextLong();
            try {
                deeper(seeds.nextInt());
            } catch (StackOverflowError e) {
                overflows++;
                long cache = CacheTable.at(CurrentThread.id());
                freeing += Memory.getLong(cache + ThreadCache.FREEING) == 0 ? 0 : 1;
            }
        }
    }

    private static long deeper(int phase) {
        mayCall(phase);
        return random < 0 ? deeper(phase) : deeper(phase, random, overflows);
    }

    /** As {@link #deeper(int)}, with a larger frame. */
    private static long deeper(int phase, long a, long b) {
        mayCall(phase);
        return a + b + (random < 0 ? deeper(phase) : deeper(phase, b, a));
    }

    private static void mayCall(int phase) {
        if (onlyFrees) {
            freeAndTake();
            return;
        }
        random = random * 6364136223846793005L + 1442695040888963407L;
        if ((random >>> 40) % FRAMES_BETWEEN_CALLS == 0) {
            call(phase);
        }
    }

    private static void freeAndTake() {
        random = random * 6364136223846793005L + 1442695040888963407L;
        Allocator.free(LIVE[0]);
        LIVE[0] = 0;
        LIVE[0] = Allocator.malloc(SIZES[1]);
    }

    /** One call. A phase prefers to take, to free or to resize, so that caches are refilled and flushed at all depths. */
    private static void call(int phase) {
        int dice = (int) (random >>> 33);
        int size = (dice & 7) == 0 ? (dice >>> 3) & 7 : phase & 7;
        int act = (dice >>> 6 & 7) == 0 ? (dice >>> 9) & 3 : (phase >>> 3) & 3;
        int slot = act == 3 ? (dice >>> 11) % LIVE.length : next;
        next = slot + 1 == LIVE.length ? 0 : slot + 1;
        if (act == 2) {
            LIVE[slot] = Allocator.realloc(LIVE[slot], SIZES[size] + (dice & 15));
        } else if (LIVE[slot] == 0) {
            LIVE[slot] = act == 1 ? Allocator.calloc(SIZES[size], 1) : Allocator.malloc(SIZES[size]);
        } else {
            Allocator.free(LIVE[slot]);
            LIVE[slot] = 0;
        }
    }
}
