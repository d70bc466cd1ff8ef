package zonal.allocator;

/**
 * A bounded stack of free blocks of one size class, in a thread's cache.
 *
 * <pre>
 *    0  count  int   blocks in it
 *    4  limit  int   it is flushed when it would hold more; grows up to the capacity while the thread needs it
 *    8  slots  long  address of the first slot; 0 until the first refill
 *   16  taken  long  blocks ever taken: the malloc calls of this class
 *   24  slack  long  usable minus requested bytes of all blocks taken, less those of all blocks put back: it may be negative,
 *                    because a block may come back through another cache; the sum over all caches is exact
 * </pre>
 *
 * Only the owner of the cache writes here. Readers of statistics see each field whole, as aligned 4 and 8 bytes are. The map, not the
 * magazine, is the truth about a block: see {@link BlockMap}.
 */
final class Magazine {

    static final int HEADER_SIZE = 32;

    private static final int COUNT = 0;
    private static final int LIMIT = 4;
    private static final int SLOTS = 8;
    private static final int TAKEN = 16;
    private static final int SLACK = 24;

    private static final int FIRST_LIMIT = 4;
    private static final int HIGHEST_CAPACITY = 1024;
    private static final int LOWEST_CAPACITY = 8;
    private static final int FINE_BYTES = 32 << 10;
    private static final int COARSE_BYTES = 64 << 10;

    private Magazine() {}

    /** Most blocks that a magazine of this class can hold; 0 for a class that is not in use. */
    static int capacity(int sizeClass) {
        int size = SizeClasses.size(sizeClass);
        if (size == 0) {
            return 0;
        }
        return SizeClasses.isFine(sizeClass)
                ? Math.min(HIGHEST_CAPACITY, FINE_BYTES / size)
                : Math.max(LOWEST_CAPACITY, COARSE_BYTES / size);
    }

    static int count(long magazine) {
        return Memory.getInt(magazine + COUNT);
    }

    static long taken(long magazine) {
        return Memory.getLong(magazine + TAKEN);
    }

    static long slack(long magazine) {
        return Memory.getLong(magazine + SLACK);
    }

    /** Takes a block of a fine class for {@code bytes}; 0 if the magazine is empty or its top is not to be trusted. */
    static long takeFine(long cache, int sizeClass, int bytes) {
        long magazine = ThreadCache.magazine(cache, sizeClass);
        int count = Memory.getInt(magazine + COUNT);
        if (count == 0) {
            return 0;
        }
        long block = Memory.getLong(Memory.getLong(magazine + SLOTS) + ((long) (count - 1) << 3));
        long entry = BlockMap.fineEntry(block - Range.FINE_BASE);
        int found = BlockMap.fine(entry);
        if (found != BlockMap.fineCached(sizeClass)) {
            return 0;
        }
        int slack = (sizeClass << PageArea.FINE_GRANULE_SHIFT) - bytes;
        Memory.putByte(entry, (byte) (found | BlockMap.FINE_LIVE | slack));
        noteTaken(magazine, slack);
        Memory.putInt(magazine + COUNT, count - 1);
        return block;
    }

    /** As {@link #takeFine}, for a coarse class. */
    static long takeCoarse(long cache, int sizeClass, int bytes) {
        long magazine = ThreadCache.magazine(cache, sizeClass);
        int count = Memory.getInt(magazine + COUNT);
        if (count == 0) {
            return 0;
        }
        long block = Memory.getLong(Memory.getLong(magazine + SLOTS) + ((long) (count - 1) << 3));
        long entry = BlockMap.coarseEntry(block - Range.COARSE_BASE);
        if (BlockMap.coarse(entry) != BlockMap.coarseCached(sizeClass)) {
            return 0;
        }
        int slack = SizeClasses.size(sizeClass) - bytes;
        Memory.putShort(entry, (short) (BlockMap.COARSE_START | BlockMap.COARSE_LIVE | slack));
        noteTaken(magazine, slack);
        Memory.putInt(magazine + COUNT, count - 1);
        return block;
    }

    private static void noteTaken(long magazine, int slack) {
        Memory.putLong(magazine + TAKEN, Memory.getLong(magazine + TAKEN) + 1);
        Memory.putLong(magazine + SLACK, Memory.getLong(magazine + SLACK) + slack);
    }

    /**
     * Puts a fine block back that was live when {@link BlockMap#fine} said {@code found}. False if the magazine is full, or another
     * thread frees the block at the same moment and was first.
     */
    static boolean putFine(long cache, long block, long entry, int found) {
        long magazine = ThreadCache.magazine(cache, found >>> 8);
        int count = Memory.getInt(magazine + COUNT);
        if (count >= Memory.getInt(magazine + LIMIT)
                || !Memory.compareAndSetByte(
                        entry, found & 0xff, found & (BlockMap.FINE_START | BlockMap.FINE_SINGLE))) {
            return false;
        }
        push(magazine, count, block, found & BlockMap.FINE_SLACK);
        return true;
    }

    /** As {@link #putFine}, for a coarse block. */
    static boolean putCoarse(long cache, long block, long entry, int found) {
        long magazine = ThreadCache.magazine(cache, found >>> 16);
        int count = Memory.getInt(magazine + COUNT);
        if (count >= Memory.getInt(magazine + LIMIT)
                || !Memory.compareAndSetShort(entry, found & 0xffff, BlockMap.COARSE_START)) {
            return false;
        }
        push(magazine, count, block, found & BlockMap.COARSE_SLACK);
        return true;
    }

    private static void push(long magazine, int count, long block, int slack) {
        Memory.putLong(Memory.getLong(magazine + SLOTS) + ((long) count << 3), block);
        Memory.putLong(magazine + SLACK, Memory.getLong(magazine + SLACK) - slack);
        Memory.putInt(magazine + COUNT, count + 1);
    }

    /** Notes that a live block's slack has changed in place. */
    static void noteSlack(long cache, int sizeClass, int more) {
        long magazine = ThreadCache.magazine(cache, sizeClass);
        Memory.putLong(magazine + SLACK, Memory.getLong(magazine + SLACK) + more);
    }

    /**
     * Gets a batch of blocks from the heap. The magazine is empty, or its topmost entry is stale and is dropped. False when there is
     * no memory.
     */
    static boolean refill(long cache, int sizeClass) {
        long magazine = ThreadCache.magazine(cache, sizeClass);
        int count = Memory.getInt(magazine + COUNT);
        if (count > 0) {
            Memory.putInt(magazine + COUNT, count - 1);
            return true;
        }
        int limit = raiseLimit(cache, magazine, sizeClass);
        long slots = Memory.getLong(magazine + SLOTS);
        int want = (limit + 1) >> 1;
        int got = Depot.take(sizeClass, slots, want);
        if (got == 0) {
            got = PageHeap.refill(CacheTable.stripe(cache), sizeClass, slots, want);
        }
        Memory.putInt(magazine + COUNT, got);
        return got > 0;
    }

    /** Makes room for one block more: raises the limit, or gives the older half of the blocks back to the heaps. */
    static void makeRoom(long cache, int sizeClass) {
        long magazine = ThreadCache.magazine(cache, sizeClass);
        int count = Memory.getInt(magazine + COUNT);
        if (raiseLimit(cache, magazine, sizeClass) > count) {
            return;
        }
        int half = (count + 1) >> 1;
        if (Depot.put(sizeClass, Memory.getLong(magazine + SLOTS), half)) {
            dropOldest(magazine, half);
        } else {
            flush(magazine, sizeClass, half);
        }
    }

    /** Gives the oldest {@code count} blocks back to the heaps. */
    private static void flush(long magazine, int sizeClass, int count) {
        long slots = Memory.getLong(magazine + SLOTS);
        PageHeap.flush(sizeClass, slots, count);
        if (Housekeeper.AT_ONCE) {
            (SizeClasses.isFine(sizeClass) ? PageArea.FINE : PageArea.COARSE).purgeFreePages(Long.MAX_VALUE);
        }
        dropOldest(magazine, count);
    }

    private static void dropOldest(long magazine, int count) {
        long slots = Memory.getLong(magazine + SLOTS);
        int left = Memory.getInt(magazine + COUNT) - count;
        Memory.copy(slots + ((long) count << 3), slots, (long) left << 3);
        Memory.putInt(magazine + COUNT, left);
    }

    /** Gives all blocks back to the heaps, and the limit back to the cache. */
    static void drain(long cache, int sizeClass) {
        long magazine = ThreadCache.magazine(cache, sizeClass);
        int count = Memory.getInt(magazine + COUNT);
        if (count > 0) {
            flush(magazine, sizeClass, count);
        }
        long granted = (long) Memory.getInt(magazine + LIMIT) * SizeClasses.size(sizeClass);
        Memory.putLong(cache + ThreadCache.GRANTED, Memory.getLong(cache + ThreadCache.GRANTED) - granted);
        Memory.putInt(magazine + LIMIT, 0);
    }

    /** Doubles the limit as far as the capacity and the cache's bytes allow. Answers the limit, at least 1. */
    private static int raiseLimit(long cache, long magazine, int sizeClass) {
        int limit = Memory.getInt(magazine + LIMIT);
        int size = SizeClasses.size(sizeClass);
        int higher = Math.min(Magazine.capacity(sizeClass), limit == 0 ? FIRST_LIMIT : limit << 1);
        long granted = Memory.getLong(cache + ThreadCache.GRANTED) + (long) (higher - limit) * size;
        if (limit == 0) {
            Memory.putLong(magazine + SLOTS, ThreadCache.slots(cache, sizeClass));
            if (granted > ThreadCache.mostGranted()) {
                higher = 1;
                granted = Memory.getLong(cache + ThreadCache.GRANTED) + size;
            }
        } else if (granted > ThreadCache.mostGranted()) {
            return limit;
        }
        Memory.putLong(cache + ThreadCache.GRANTED, granted);
        Memory.putInt(magazine + LIMIT, higher);
        return higher;
    }
}
