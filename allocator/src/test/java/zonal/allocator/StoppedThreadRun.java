package zonal.allocator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/** Threads at work while a debugger keeps one of them inside a refill: see {@link StoppedThreadTest}. */
final class StoppedThreadRun {

    /** More than there are heaps of a class, so that some share the victim's. */
    private static final int OTHERS = 8;

    /** What the victim refills; nobody takes any before it is stopped, but for it. */
    private static final int BYTES = 64;

    /** More than magazines hold: with {@code decay=0s} the rest goes back to the heap. */
    private static final int BLOCKS_OF_VICTIM = 3_000;

    private static final int BLOCKS = 1_000;
    private static final int WARM_CALLS = 100;
    private static final long[] SIZES = {300, 1_000, 5_000, 30_000, 100_000};

    /** Set by the debugger. */
    private static volatile boolean stopped;

    private static final AtomicLong TAKEN = new AtomicLong();
    private static final CountDownLatch OTHERS_DONE = new CountDownLatch(OTHERS + 1);

    private StoppedThreadRun() {}

    public static void main(String[] args) throws InterruptedException {
        ChildJvm.configure();
        Allocator.start();
        long[] ofVictim = new long[BLOCKS_OF_VICTIM];
        CountDownLatch filled = new CountDownLatch(1);
        Thread victim = new Thread(() -> beStopped(ofVictim, filled), "victim");
        victim.start();
        filled.await();
        List<Thread> threads = new ArrayList<>(List.of(victim));
        for (int i = 0; i < OTHERS; i++) {
            threads.add(new Thread(StoppedThreadRun::work, "other"));
        }
        threads.add(new Thread(() -> giveBack(ofVictim), "other"));
        threads.subList(1, threads.size()).forEach(Thread::start);
        OTHERS_DONE.await();
        System.out.println("taken-meanwhile=" + TAKEN.get());
        System.out.println("backlog=" + Backlog.count());
        othersAreDone();
        for (Thread thread : threads) {
            thread.join();
        }
        Backlog.drain();
        HeapCheck.Seen seen = HeapCheck.quiet();
        if (seen.liveBlocks() != 0) {
            throw new AssertionError("all is freed, and the maps show " + seen);
        }
    }

    private static void beStopped(long[] blocks, CountDownLatch filled) {
        warmUp();
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = Allocator.malloc(BYTES);
        }
        filled.countDown();
        armed();
        long[] more = new long[BLOCKS];
        for (int i = 0; i < BLOCKS; i++) {
            more[i] = Allocator.malloc(BYTES); // in one of these
        }
        Arrays.stream(more).forEach(Allocator::free);
    }

    /** A place for a breakpoint: whose next refill is it to be? */
    private static void armed() {}

    /** A place for a breakpoint. */
    private static void othersAreDone() {}

    /** A cache of its own for the calling thread. */
    private static void warmUp() {
        for (int i = 0; i < WARM_CALLS; i++) {
            Allocator.free(Allocator.malloc(200));
        }
    }

    private static void work() {
        warmUp();
        awaitStop();
        long[] blocks = new long[BLOCKS];
        for (int i = 0; i < BLOCKS; i++) {
            blocks[i] = Allocator.malloc(BYTES);
            TAKEN.incrementAndGet();
            Allocator.free(Allocator.malloc(SIZES[i % SIZES.length]));
        }
        Arrays.stream(blocks).forEach(Allocator::free);
        OTHERS_DONE.countDown();
    }

    private static void giveBack(long[] blocks) {
        warmUp();
        awaitStop();
        Arrays.stream(blocks).forEach(Allocator::free);
        OTHERS_DONE.countDown();
    }

    private static void awaitStop() {
        while (!stopped) {
            SystemCalls.sleepMicros(1_000);
        }
    }
}
