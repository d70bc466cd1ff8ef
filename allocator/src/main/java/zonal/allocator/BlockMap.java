package zonal.allocator;

import jdk.internal.vm.annotation.ForceInline;

/**
 * The {@code t_block}s of the fine and coarse areas: what is known of each block, apart from the data.
 *
 * <p>A map has an entry for each granule of its area. The first entry of a block says what it is; the second, its class.
 * All other entries are zero, so an address inside a block, or where there is none, is told from the start of one.
 *
 * <pre>
 *                                            fine: granule 16 bytes,    coarse: granule 64 bytes,
 *                                            entry 1 byte               entry 2 bytes
 *   first entry   live                       0x80 + slack               0x8000 + slack
 *                 live and sampled           0xA0 + slack               0xA000 + slack
 *                 cached, in a magazine      0xC0                       0xC000
 *   second entry  the class                  2 to 64                    65 to 146
 * </pre>
 *
 * The slack is usable size minus requested size. A block of one granule (fine class 1) has no second entry: what lies there is the first
 * entry of its neighbour, or zero, and neither is a class.
 *
 * <p><b>Invariants.</b> An entry that says cached or live is the first of a block whose granules are all marked used in the page's bitmap.
 * Zero becomes cached, and back, only under the lock of the block's heap, when the block is split off or given back, and so with the
 * class; all else is changed only by the thread that takes or frees the block.
 *
 * <p><b>Two threads.</b> Entries of different blocks are different bytes, which Java writes without tearing. One block's
 * first entry is written by whoever owns the block: the heap under its lock, then the magazine's owner, then the application,
 * and back; each hand-over is ordered by the lock, by the owner being one thread, or by whatever the application uses to pass
 * an address between its threads. The one step that two threads can take at once is a program's error: both free the block, or one
 * resizes what the other frees. So what a live block's entry says is changed by compare-and-set, or, where only one thread may free the
 * page's blocks, by that thread ({@link Bias}): one of the two frees, the other is told that it freed twice, and a block lies in one
 * magazine only. That is also why a block that comes out of a magazine need not be looked up. The compare-and-set orders nothing, and need
 * not: what else is written about a block is written by its one owner. Who frees twice has no order with that one, and reads the first entry, and then,
 * in this order ({@link #fine}), the class and the page's bias. Both were written before the block was first said to live: {@link PageHeap#refill}
 * sees to it that all processors see it so, and from there on the block stays with its thread, or a lock hands it over. So they are those of the
 * life that was seen, or later ones. What it can't tell is a second free by a thread that is stopped between its
 * look at the class and the compare-and-set, until the block went back to the heap and out again as one of another class with the same slack: to
 * look at the class again after it made a pair of 64 bytes a tenth slower at least (measured).
 */
final class BlockMap {

    // Read as signed, so that one comparison tells each kind from all above it.
    private static final int FINE_LIVE = (byte) 0x80;
    private static final int FINE_SAMPLED = (byte) 0xa0;
    private static final int FINE_CACHED = (byte) 0xc0;
    static final int FINE_SLACK = 0x0f;

    private static final int COARSE_LIVE = (short) 0x8000;
    private static final int COARSE_SAMPLED = (short) 0xa000;
    private static final int COARSE_CACHED = (short) 0xc000;
    static final int COARSE_SLACK = 0x03ff;

    private BlockMap() {}

    // ---- granules and entries

    /**
     * The granule of the fine area that starts at {@code address}, counted from the area's base. Of an address that isn't aligned to a
     * granule, or lies outside, a number that no area has: the rotation brings the odd bits to the top, so that one comparison
     * with {@link PageArea#has} rules out all that is not a granule's start.
     */
    @ForceInline
    static long fineGranule(long address) {
        return Long.rotateRight(address, PageArea.FINE_GRANULE_SHIFT)
                - (Range.FINE_BASE >>> PageArea.FINE_GRANULE_SHIFT);
    }

    /** As {@link #fineGranule}, of the coarse area. */
    @ForceInline
    static long coarseGranule(long address) {
        return Long.rotateRight(address, PageArea.COARSE_GRANULE_SHIFT)
                - (Range.COARSE_BASE >>> PageArea.COARSE_GRANULE_SHIFT);
    }

    /** The entry of a granule of the fine area. */
    @ForceInline
    static long fineEntry(long granule) {
        return Range.FINE_MAP + granule;
    }

    /** The entry of a granule of the coarse area. */
    @ForceInline
    static long coarseEntry(long granule) {
        return Range.COARSE_MAP + (granule << 1);
    }

    // The two entries of a block are read one by one: a load that is wider than the store before it waits until that
    // store has left the core, and a free that soon follows its malloc paid 5 ns for that (measured).

    /** The first entry of the block that may start at this granule of the fine area. */
    @ForceInline
    static int fine(long entry) {
        return Memory.getByteAcquire(entry);
    }

    /** The class of the fine block whose first entry this is; if it is none, a number below 128, with which a cache can be read. */
    @ForceInline
    static long fineClass(long entry) {
        return Math.max(1L, Memory.getByte(entry + 1)); // less than 0, or 0: not this block's
    }

    /** As {@link #fine}, of the coarse area. */
    @ForceInline
    static int coarse(long entry) {
        return Memory.getShortAcquire(entry);
    }

    /** The class of the coarse block whose first entry this is; if it is none, a number below 256, with which a cache can be read. */
    @ForceInline
    static long coarseClass(long entry) {
        return Memory.getShort(entry + 2) & 0xff; // what lies there may be the first entry of the next block
    }

    /** Whether {@link #fine} said that a block is live, and nobody else needs to know when it ends. */
    @ForceInline
    static boolean isPlainFine(int first) {
        return first < FINE_SAMPLED;
    }

    /** As {@link #isPlainFine}, of what {@link #coarse} said. */
    @ForceInline
    static boolean isPlainCoarse(int first) {
        return first < COARSE_SAMPLED;
    }

    @ForceInline
    static int fineSlack(int first) {
        return first & FINE_SLACK;
    }

    @ForceInline
    static int coarseSlack(int first) {
        return first & COARSE_SLACK;
    }

    // ---- a block's life

    /** Notes a block that the heap has split off for a magazine. */
    static void setCached(long entry, int sizeClass) {
        if (!SizeClasses.isFine(sizeClass)) {
            Memory.putShort(entry, (short) COARSE_CACHED);
            Memory.putShort(entry + 2, (short) sizeClass);
        } else {
            Memory.putByte(entry, (byte) FINE_CACHED);
            if (sizeClass > 1) {
                Memory.putByte(entry + 1, (byte) sizeClass);
            }
        }
    }

    /** Clears the entries of a block that goes back to the heap; false if they don't say that it is a cached one of this class. */
    static boolean clearCached(long entry, int sizeClass) {
        if (!SizeClasses.isFine(sizeClass)) {
            if (coarse(entry) != COARSE_CACHED || coarseClass(entry) != sizeClass) {
                return false;
            }
            Memory.putShort(entry, (short) 0);
            Memory.putShort(entry + 2, (short) 0);
        } else {
            if (fine(entry) != FINE_CACHED || fineClass(entry) != sizeClass) {
                return false;
            }
            Memory.putByte(entry, (byte) 0);
            if (sizeClass > 1) {
                Memory.putByte(entry + 1, (byte) 0);
            }
        }
        return true;
    }

    @ForceInline
    static void setFineLive(long entry, int slack) {
        Memory.putByte(entry, (byte) (FINE_LIVE + slack));
    }

    @ForceInline
    static void setCoarseLive(long entry, int slack) {
        Memory.putShort(entry, (short) (COARSE_LIVE + slack));
    }

    /** Ends the life of a block, whose page is biased to the caller's cache. */
    @ForceInline
    static void setFineCached(long entry) {
        Memory.putByte(entry, (byte) FINE_CACHED);
    }

    /** As {@link #setFineCached}, of a coarse block. */
    @ForceInline
    static void setCoarseCached(long entry) {
        Memory.putShort(entry, (short) COARSE_CACHED);
    }

    /**
     * Ends the life of the block of which {@link #fine} said {@code first}. False if another thread ends it at the same moment, or, on
     * some processors, for no reason: look again.
     */
    @ForceInline
    static boolean endFine(long entry, int first) {
        return Memory.weakCompareAndSetByte(entry, first, FINE_CACHED);
    }

    /** As {@link #endFine}, of a coarse block. */
    @ForceInline
    static boolean endCoarse(long entry, int first) {
        return Memory.weakCompareAndSetShort(entry, first, COARSE_CACHED);
    }

    // ---- by address

    /**
     * What is known of the block that starts at {@code address}, in the fine or coarse area: {@code class << 16 | slack}, or -1 if
     * no live block starts there. Never touches memory that is not accessible, whatever the address. The class is one of the area's, also where
     * another thread frees the block between the two looks at it.
     */
    static int live(long address) {
        long granule = fineGranule(address);
        if (PageArea.FINE.has(granule)) {
            long entry = fineEntry(granule);
            int first = fine(entry);
            int sizeClass = (int) fineClass(entry);
            return isLive(first, true) ? sizeClass << 16 | fineSlack(first) : -1;
        }
        granule = coarseGranule(address);
        if (PageArea.COARSE.has(granule)) {
            long entry = coarseEntry(granule);
            int first = coarse(entry);
            int sizeClass = (int) coarseClass(entry);
            return isLive(first, false) && SizeClasses.isCoarse(sizeClass) ? sizeClass << 16 | coarseSlack(first) : -1;
        }
        return -1;
    }

    /**
     * Sets the slack of a block that {@link #live} told of, and answers what it was; -1 if it no longer lives: another thread has freed it
     * meanwhile. (Where the page is biased to that thread's cache it may count the old slack: live bytes are a few off then.)
     */
    static int setSlack(long address, int slack) {
        boolean fine = address < Range.COARSE_BASE;
        long entry = fine ? fineEntry(fineGranule(address)) : coarseEntry(coarseGranule(address));
        for (; ; ) { // again where the compare-and-set fails for no reason
            int first = fine ? fine(entry) : coarse(entry);
            if (!isLive(first, fine)) {
                return -1;
            }
            if (fine
                    ? Memory.weakCompareAndSetByte(entry, first, (first & ~FINE_SLACK) | slack)
                    : Memory.weakCompareAndSetShort(entry, first, (first & ~COARSE_SLACK) | slack)) {
                return fine ? fineSlack(first) : coarseSlack(first);
            }
        }
    }

    /** The class of the block, live or cached, that starts at {@code address}. */
    static int sizeClass(long address) {
        return address < Range.COARSE_BASE
                ? (int) fineClass(fineEntry(fineGranule(address)))
                : (int) coarseClass(coarseEntry(coarseGranule(address)));
    }

    /** Whether a free block that lies in a magazine starts at {@code address}. */
    static boolean isCached(long address) {
        long granule = fineGranule(address);
        if (PageArea.FINE.has(granule)) {
            return fine(fineEntry(granule)) == FINE_CACHED;
        }
        granule = coarseGranule(address);
        return PageArea.COARSE.has(granule) && coarse(coarseEntry(granule)) == COARSE_CACHED;
    }

    // ---- for sampling

    /**
     * Marks a live block, which the caller has just taken, as sampled. False, and it isn't, if another thread frees it by mistake at this
     * moment, or, on some processors, for no reason.
     */
    static boolean setSampled(long address) {
        long granule = fineGranule(address);
        if (PageArea.FINE.has(granule)) {
            long entry = fineEntry(granule);
            int slack = fineSlack(fine(entry));
            return Memory.weakCompareAndSetByte(entry, FINE_LIVE | slack, FINE_SAMPLED | slack);
        }
        long entry = coarseEntry(coarseGranule(address));
        int slack = coarseSlack(coarse(entry));
        return Memory.weakCompareAndSetShort(entry, COARSE_LIVE | slack, COARSE_SAMPLED | slack);
    }

    /**
     * Whether a live block that is sampled starts at {@code address}; from now on it no longer is. Of two threads that free it at once,
     * which is an error, one is told so at most: neither makes a block live that the other has freed.
     */
    static boolean endSampled(long address) {
        while (isSampled(address)) { // again where the compare-and-set fails for no reason
            long granule = fineGranule(address);
            if (PageArea.FINE.has(granule)) {
                long entry = fineEntry(granule);
                int slack = fineSlack(fine(entry));
                if (Memory.weakCompareAndSetByte(entry, FINE_SAMPLED | slack, FINE_LIVE | slack)) {
                    return true;
                }
            } else {
                long entry = coarseEntry(coarseGranule(address));
                int slack = coarseSlack(coarse(entry));
                if (Memory.weakCompareAndSetShort(entry, COARSE_SAMPLED | slack, COARSE_LIVE | slack)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether a live block that is sampled starts at {@code address}. */
    static boolean isSampled(long address) {
        long granule = fineGranule(address);
        if (PageArea.FINE.has(granule)) {
            return (fine(fineEntry(granule)) & ~FINE_SLACK) == FINE_SAMPLED;
        }
        granule = coarseGranule(address);
        return PageArea.COARSE.has(granule) && (coarse(coarseEntry(granule)) & ~COARSE_SLACK) == COARSE_SAMPLED;
    }

    // ---- for walkers, of a copy of a page's entries

    /** Whether a first entry says that a block starts there. */
    static boolean isStart(int first) {
        return first < 0;
    }

    /** Whether a first entry is a live block's. */
    static boolean isLive(int first, boolean fine) {
        return first < (fine ? FINE_CACHED : COARSE_CACHED);
    }
}
