package zonal.allocator;

/**
 * The {@code t_block}s of the fine and coarse areas: what is known of each block, apart from the data.
 *
 * <p>A map has an entry for each granule of its area. The first entry of a block says what it is; the second, its class.
 * All other entries are zero, so an address inside a block, or where there is none, is told from the start of one.
 *
 * <pre>
 *   fine: granule 16 bytes, entry 1 byte       7       6      5        4       3..0
 *     first entry                            [START] [LIVE] [SINGLE] [-]      [slack]
 *     second entry (none when SINGLE)        [0]     [class 2..64]
 *
 *   coarse: granule 64 bytes, entry 2 bytes   15      14     13..10   9..0
 *     first entry                            [START] [LIVE] [-]      [slack]
 *     second entry                           [0]     [class 65..144]
 * </pre>
 *
 * The slack is usable size minus requested size. START without LIVE is a cached block: it lies in a magazine.
 *
 * <p><b>Invariants.</b> An entry with START is the first of a block whose granules are all marked used in the page's bitmap.
 * START, SINGLE and the class change only under the lock of the block's heap, when a block is split off or given back; LIVE
 * and the slack change only by the thread that took or frees the block.
 *
 * <p><b>Two threads.</b> Entries of different blocks are different bytes, which Java writes without tearing. One block's
 * first entry is written by whoever owns the block: the heap under its lock, then the magazine's owner, then the application,
 * and back; each hand-over is ordered by the lock, by the owner being one thread, or by whatever the application uses to pass
 * an address between its threads. The one step that two threads can take at once is a program's error: both free the block. So LIVE is
 * cleared by compare-and-set: one of them frees, the other is told that it freed twice, and a block lies in one magazine only. (It costs
 * 0.8 of 7.8 ns, measured on a Zen 4.) What a magazine holds is checked against the map all the same before it is handed out.
 */
final class BlockMap {

    static final int FINE_START = 0x80;
    static final int FINE_LIVE = 0x40;
    static final int FINE_SINGLE = 0x20;
    static final int FINE_SLACK = 0x0f;

    static final int COARSE_START = 0x8000;
    static final int COARSE_LIVE = 0x4000;
    static final int COARSE_SLACK = 0x03ff;

    private BlockMap() {}

    /** The fine map's entry for the granule that {@code offset} (bytes from the area's base) lies in. */
    static long fineEntry(long offset) {
        return Range.FINE_MAP + (offset >>> PageArea.FINE_GRANULE_SHIFT);
    }

    /** The coarse map's entry for the granule that {@code offset} (bytes from the area's base) lies in. */
    static long coarseEntry(long offset) {
        return Range.COARSE_MAP + ((offset >>> PageArea.COARSE_GRANULE_SHIFT) << 1);
    }

    // The two entries are read one by one: a load that is wider than the store before it waits until that store has
    // left the core,
    // and a free that soon follows its malloc paid 5 ns for that (measured).

    /**
     * The first entry of a fine block, and above it (shifted by 8) its class. Without START the answer has no meaning but that; the
     * second entry is read only where there is a block, because behind the area's last granule there is none.
     */
    static int fine(long entry) {
        int first = Memory.getUnsignedByte(entry);
        return (first & (FINE_START | FINE_SINGLE)) == FINE_START
                ? Memory.getUnsignedByte(entry + 1) << 8 | first
                : 1 << 8 | first;
    }

    /** What {@link #fine} answers for a block of this class that lies in a magazine. */
    static int fineCached(int sizeClass) {
        return sizeClass << 8 | FINE_START | (sizeClass == 1 ? FINE_SINGLE : 0);
    }

    /** As {@link #fine}, of a coarse block; its class is shifted by 16. */
    static int coarse(long entry) {
        int first = Memory.getUnsignedShort(entry);
        return (first & COARSE_START) != 0 ? Memory.getUnsignedShort(entry + 2) << 16 | first : first;
    }

    /** What {@link #coarse} answers for a block of this class that lies in a magazine. */
    static int coarseCached(int sizeClass) {
        return sizeClass << 16 | COARSE_START;
    }

    /** Whether a live block starts at {@code offset} of the fine area, of which {@link #fine} said {@code found}. */
    static boolean isLiveFine(long offset, int found) {
        return (found & (FINE_START | FINE_LIVE)) == (FINE_START | FINE_LIVE)
                && (offset & ((1 << PageArea.FINE_GRANULE_SHIFT) - 1)) == 0;
    }

    /** Whether a live block starts at {@code offset} of the coarse area, of which {@link #coarse} said {@code found}. */
    static boolean isLiveCoarse(long offset, int found) {
        return (found & (COARSE_START | COARSE_LIVE)) == (COARSE_START | COARSE_LIVE)
                && (offset & ((1 << PageArea.COARSE_GRANULE_SHIFT) - 1)) == 0;
    }

    /**
     * What is known of the block that starts at {@code address}, in the fine or coarse area: {@code class << 16 | slack}, or -1 if
     * no live block starts there. Never touches memory that is not accessible, whatever the address.
     */
    static int live(long address) {
        long offset = address - Range.FINE_BASE;
        if (offset >= 0 && offset < PageArea.FINE.committed()) {
            int block = fine(fineEntry(offset));
            return isLiveFine(offset, block) ? block >>> 8 << 16 | (block & FINE_SLACK) : -1;
        }
        offset = address - Range.COARSE_BASE;
        if (offset >= 0 && offset < PageArea.COARSE.committed()) {
            int block = coarse(coarseEntry(offset));
            return isLiveCoarse(offset, block) ? block >>> 16 << 16 | (block & COARSE_SLACK) : -1;
        }
        return -1;
    }

    /** Sets the slack of a live block, whose caller is its owner. */
    static void setSlack(long address, int sizeClass, int slack) {
        if (SizeClasses.isFine(sizeClass)) {
            long entry = fineEntry(address - Range.FINE_BASE);
            Memory.putByte(entry, (byte) ((Memory.getByte(entry) & ~FINE_SLACK) | slack));
        } else {
            long entry = coarseEntry(address - Range.COARSE_BASE);
            Memory.putShort(entry, (short) (COARSE_START | COARSE_LIVE | slack));
        }
    }

    /** Whether a free block that lies in a magazine starts at {@code address}. */
    static boolean isCached(long address) {
        long offset = address - Range.FINE_BASE;
        if (offset >= 0 && offset < PageArea.FINE.committed()) {
            return (Memory.getUnsignedByte(fineEntry(offset)) & (FINE_START | FINE_LIVE)) == FINE_START;
        }
        offset = address - Range.COARSE_BASE;
        return offset >= 0
                && offset < PageArea.COARSE.committed()
                && (Memory.getUnsignedShort(coarseEntry(offset)) & (COARSE_START | COARSE_LIVE)) == COARSE_START;
    }
}
