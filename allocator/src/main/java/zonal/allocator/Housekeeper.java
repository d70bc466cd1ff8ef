package zonal.allocator;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The daemon that gives memory back: after {@code decay}, free pages, free parts of pages in use and freed runs return to the system;
 * caches of threads that have ended, or are idle, are emptied.
 *
 * <p>Time is counted in ticks of a tenth of the decay, 10 ms to 1 s long: what the allocator notes at each batch is a plain read.
 */
final class Housekeeper implements Runnable {

    /** Whether free memory goes back at once, by the thread that frees it. */
    static final boolean AT_ONCE = Options.current().decayNanos() == 0;

    private static final long DECAY_NANOS = Options.current().decayNanos();
    private static final long TICK_MILLIS = Math.clamp(Math.ceilDiv(DECAY_NANOS, 10_000_000), 10, 1_000);

    /** After so many ticks without a call a thread is idle: not within a second, however short the decay. */
    static final long IDLE_TICKS = Math.max(10, Math.ceilDiv(1_000, TICK_MILLIS));

    private static final long TICKS_BETWEEN_LOOKS = IDLE_TICKS / 10;
    static final long DECAY_TICKS = Math.ceilDiv(DECAY_NANOS, TICK_MILLIS * 1_000_000);

    /** To look at a page takes some 60 ns: with so many from one look to the next, no more than a thirtieth of a processor is spent on it. */
    private static final long PACE_NANOS = 30 * 60;

    /** When all pages are looked at next. */
    private static long nextLook;

    /** Written by the daemon alone. Readers may see an older tick: memory is kept a little longer or shorter. */
    private static long now = 1;

    /** Odd while the daemon moves blocks from caches and depots to the heaps. */
    private static final AtomicInteger MOVES = new AtomicInteger();

    private Housekeeper() {}

    /** The current tick. */
    static long now() {
        return now;
    }

    /** Whether memory that was freed at or before {@code tick} is to go back to the system. */
    static boolean isDue(long tick) {
        return DECAY_NANOS != Options.NEVER && tick <= now - DECAY_TICKS;
    }

    /**
     * A number that changes when the daemon begins to move blocks from caches and depots to the heaps, and when it ends: odd in between. Who counts
     * blocks meanwhile may miss some that are on their way, though nobody allocates.
     */
    static int moves() {
        return MOVES.get();
    }

    static void start() {
        DaemonThread.start("zonal-housekeeper", new Housekeeper());
    }

    @Override
    public void run() {
        for (; ; ) {
            try {
                Thread.sleep(TICK_MILLIS);
                now++;
                keepHouse();
            } catch (Throwable e) {
                // Most often the Java heap is full, be it in the first use of a class. The next tick goes on. At worst
                // the one page or run in hand stays out of use.
            }
        }
    }

    private static void keepHouse() {
        MOVES.incrementAndGet();
        try {
            moveBlocks();
        } finally {
            MOVES.incrementAndGet();
        }
        StrictMappings.INSTANCE.unmapRefused();
        RunHeap.INSTANCE.purgeUnneeded();
        if (DECAY_NANOS != Options.NEVER) {
            purgeDue();
        }
        if (now % IDLE_TICKS == 0) {
            IdleMagazines.look();
        }
        // Last, for these use the Java heap: where it is full, all the rest is done.
        Sampler.keepHouse();
        Growth.note();
    }

    private static void moveBlocks() {
        CacheTable.sweep();
        CacheTable.drainShared(now % 10 == 0);
        Depot.drainUnused();
        Backlog.drain();
        if (now % TICKS_BETWEEN_LOOKS == 0) {
            IdleCaches.look();
        }
    }

    /** Gives back what is due: runs at each tick, and pages, too, unless they are so many that to look at them takes longer than a tick should. */
    private static void purgeDue() {
        if (SystemCalls.takeUnlocked()) {
            PageArea.FINE.distrustCold();
            PageArea.COARSE.distrustCold();
            RunHeap.INSTANCE.distrustClean();
        }
        long due = now - DECAY_TICKS;
        RunHeap.INSTANCE.purge(due);
        if (now >= nextLook) {
            purgePages(due);
            long pages = (long) PageArea.FINE.pageCount() + PageArea.COARSE.pageCount();
            nextLook = now + 1 + pages * PACE_NANOS / (TICK_MILLIS * 1_000_000);
        }
    }

    /** Gives back all free memory that was last in use at or before {@code tick}. */
    static void purge(long tick) {
        RunHeap.INSTANCE.purge(tick);
        purgePages(tick);
    }

    private static void purgePages(long tick) {
        PageArea.FINE.purge(tick);
        PageArea.COARSE.purge(tick);
    }
}
