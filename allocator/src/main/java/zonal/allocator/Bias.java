package zonal.allocator;

import jdk.internal.vm.annotation.ForceInline;

/**
 * Which thread may end the life of a page's blocks without an atomic instruction.
 *
 * <p>Of two threads that free one block at the same moment one must be told so, and that takes a compare-and-set. It costs little where it
 * is all there is, but it also waits until every store before it has left the core: <i>measured</i>, half of a pair of 64 bytes (8.8 ns with
 * it, 4.1 without), and a fifth of programs that write to their blocks. Most blocks are freed by the thread that took them. So a fresh page is
 * <i>biased</i> to the cache that it was made for: that cache's thread alone frees the page's blocks, with plain stores. The first time
 * another thread frees one of them, it revokes the bias: from then on, and until it is wholly free, the page is <i>shared</i>, and
 * everybody uses compare-and-set; and those of its blocks that another stripe's threads free go home ({@link Magazine}). (After the biased locks of Dice, Moir and Scherer, "Quickly Reacquirable Locks", 2003, with
 * {@code membarrier} in place of a safepoint.)
 *
 * <pre>
 *   short for each page:     0                no heap has the page
 *                            index + 1        biased to the cache with this index
 *                            -(index + 1)     being revoked
 *                            0x4000 + stripe  shared, by compare-and-set, and at home in this stripe
 * </pre>
 *
 * <p><b>Two threads.</b> The owner, with a bias:
 *
 * <ol>
 *   <li>writes the block's address to its cache's {@code freeing} ({@link #enter});
 *   <li>reads the block's entry in the map, and the page's bias;
 *   <li>if the bias is still its own, writes the entry;
 *   <li>clears {@code freeing} ({@link #leave}).
 * </ol>
 *
 * Another thread, before its first compare-and-set in the page ({@link #revokeOthers}):
 *
 * <ol>
 *   <li>makes the bias say "being revoked";
 *   <li>has all threads pass a memory barrier;
 *   <li>waits until the owner's {@code freeing} is no address of this page;
 *   <li>makes the bias say "shared".
 * </ol>
 *
 * The owner passes that barrier somewhere. If it does after it read the bias, its address is seen, and waited for; if before, it reads that
 * the bias is being revoked. So where the bias says "shared", no plain store is on its way. Any number of threads may revoke one
 * bias at once: each goes all the way itself and waits for none of the others. A bias is given, and ends with its page, under the lock of the
 * heap. Who uses compare-and-set reads the block's entry first: a live block's page has had its bias before, so one that is read
 * as "shared" after that won't be given to a cache behind the reader's back. (Of a block that the reader has no right to, too: {@link BlockMap}.)
 *
 * <p>The wait is for a handful of instructions of a thread that frees at the same moment in the same page; if it was stopped there, until
 * it goes on, as with a lock. (Not for ever: a stack overflow may have kept it from clearing its address.)
 *
 * <p>A system without {@code membarrier} has no biases. A cache whose pages are often revoked gets few: what one thread takes and another
 * frees is better shared from the start.
 */
final class Bias {

    /** Bytes of an entry. */
    static final int ENTRY_SIZE = 2;

    /** The bias of caches that many threads use; no page has it. */
    static final short NOBODY = Short.MIN_VALUE;

    private static final short NONE = 0;

    private static final short SHARED = 0x4000;

    private static final boolean ON = SystemCalls.registerBarrier() == 0;

    /** One in so many of a cache's fresh pages may have its bias revoked before the next ones get none. */
    private static final int REVOKED_PART = 8;

    private static final int MOST_COUNTED = 4_096;

    private static final int SPINS = 128;
    private static final int MOST_SLEEPS = 20_000;
    private static final int SLEEP_MICROS = 50;

    private Bias() {}

    // ---- on the way of a free

    /** The entry of the page that a granule of the fine area lies in. */
    @ForceInline
    static long fineEntry(long granule) {
        return Range.FINE_BIASES + (granule >>> Page.GRANULES_SHIFT << 1);
    }

    /** As {@link #fineEntry}, of the coarse area. */
    @ForceInline
    static long coarseEntry(long granule) {
        return Range.COARSE_BIASES + (granule >>> Page.GRANULES_SHIFT << 1);
    }

    /** The calling thread, whose cache this is, is about to free the block, and reads its page's bias next. */
    @ForceInline
    static void enter(long cache, long block) {
        Memory.putLongRelease(cache + ThreadCache.FREEING, block);
        Memory.acquireFence();
    }

    /** The calling thread has done so, or won't. */
    @ForceInline
    static void leave(long cache) {
        Memory.putLongRelease(cache + ThreadCache.FREEING, 0);
    }

    /** The bias of a page, by its entry. */
    @ForceInline
    static int of(long entry) {
        return Memory.getShort(entry);
    }

    /** Whether this is the bias of the caller's cache. */
    @ForceInline
    static boolean isMine(long cache, int bias) {
        return bias == Memory.getShort(cache + ThreadCache.BIAS);
    }

    @ForceInline
    static boolean isShared(int bias) {
        return bias >= SHARED;
    }

    /** Whether this is the bias of a shared page whose heap the caller's cache is refilled from. */
    @ForceInline
    static boolean isHome(long cache, int bias) {
        return bias == Memory.getShort(cache + ThreadCache.HOME);
    }

    /** The bias of shared pages of a stripe's heaps. */
    static short shared(int stripe) {
        return (short) (SHARED + stripe);
    }

    /** The stripe at whose heaps the shared page is at home that {@code address} lies in; of another page, any stripe. */
    static int home(long address) {
        PageArea area = PageArea.of(address);
        return of(entry(area, area.index(address - area.base))) & (ThreadCache.STRIPES - 1);
    }

    // ---- a bias's life

    /** Gives a page, which has no block yet, its bias. The page's heap is locked. */
    static void give(PageArea area, int index, long cache, int stripe) {
        Memory.putShort(entry(area, index), wants(cache) ? Memory.getShort(cache + ThreadCache.BIAS) : shared(stripe));
    }

    /** Ends the bias of a page, which has no block any more. The page's heap is locked. */
    static void end(PageArea area, int index) {
        Memory.putShort(entry(area, index), NONE);
    }

    /** Whether a page should be biased to this cache, which is the caller's; counts it. */
    private static boolean wants(long cache) {
        if (!ON || Memory.getShort(cache + ThreadCache.BIAS) == NOBODY) {
            return false;
        }
        int fresh = Memory.getShort(cache + ThreadCache.FRESH) + 1;
        int revoked = Memory.getShort(cache + ThreadCache.REVOKED);
        if (fresh == MOST_COUNTED) {
            fresh >>= 1;
            revoked >>= 1;
            Memory.putShort(cache + ThreadCache.REVOKED, (short) revoked);
        }
        Memory.putShort(cache + ThreadCache.FRESH, (short) fresh);
        return revoked * REVOKED_PART <= fresh;
    }

    /**
     * Sees to it that the page of {@code address}, in the fine or coarse area, is biased to nobody but perhaps the caller's {@code cache}.
     * The caller is not between {@link #enter} and {@link #leave}.
     */
    static void revokeOthers(long cache, long address) {
        PageArea area = PageArea.of(address);
        int index = area.index(address - area.base);
        long entry = entry(area, index);
        for (; ; ) {
            int bias = Memory.getShortAcquire(entry);
            if (bias == NONE || isShared(bias) || isMine(cache, bias)) {
                return;
            }
            if (bias < 0 || Memory.weakCompareAndSetShort(entry, bias, -bias)) {
                long owner = CacheTable.address(Math.abs(bias) - 1);
                barrierForAll();
                awaitOutside(owner, area, index);
                int home = PageHeap.stripeOf(Page.owner(area.page(index)));
                if (Memory.weakCompareAndSetShort(entry, -Math.abs(bias), shared(home))) {
                    int revoked = Memory.getShort(owner + ThreadCache.REVOKED); // a hint: others count, too
                    Memory.putShort(owner + ThreadCache.REVOKED, (short) Math.min(MOST_COUNTED, revoked + 1));
                    return;
                }
            }
        }
    }

    private static void barrierForAll() {
        if (SystemCalls.barrierForAll() != 0) {
            // A process that was restored from a checkpoint may have to say again that it will.
            SystemCalls.registerBarrier();
            if (SystemCalls.barrierForAll() != 0) {
                SystemCalls.sleepMicros(10_000); // no store stays in a core for a thousandth of that
            }
        }
    }

    /** Waits until the thread of cache {@code owner} is not about to free a block of this page. */
    private static void awaitOutside(long owner, PageArea area, int index) {
        for (int i = 0; i < SPINS + MOST_SLEEPS; i++) {
            long offset = Memory.getLongAcquire(owner + ThreadCache.FREEING) - area.data(index);
            if (offset < 0 || offset >= 1L << area.pageShift) {
                return;
            }
            if (i < SPINS) {
                Thread.onSpinWait();
            } else {
                SystemCalls.sleepMicros(SLEEP_MICROS);
            }
        }
    }

    private static long entry(PageArea area, int index) {
        return area.biases + (long) index * ENTRY_SIZE;
    }
}
