package zonal.allocator;

/**
 * {@code t_page}: the metadata of a page, apart from its data.
 *
 * <p>A page is 4,096 granules: 64 KiB in the fine area, 256 KiB in the coarse one.
 *
 * <pre>
 *   0  next      int   index of the next page of the same list, or NONE
 *   4  previous  int
 *   8  owner     int   heap that the page belongs to, or FREE_PAGE
 *  12  bin       int   list of that heap that the page is in
 *  16  longest   int   no free run of the page is longer than this, granules
 *  20  free      int   free granules
 *  24  blocks    int   blocks split off, live or cached
 *  28  search    int   no granule below this is free
 *  32  touched   long  OS pages of the data that may be resident, one bit each
 *  40  time      long  when blocks of it were last taken or freed, as far as is known, housekeeping ticks; or NOTHING_IDLE
 *  48  idle      long  OS pages that held no block when the page was looked at last, and of which none was split off since, one bit each
 *  56  looked    long  when that was, housekeeping ticks
 *  64  bitmap    512 bytes, one bit a granule, set where it is used
 * </pre>
 *
 * All of it is read and written under the lock of the heap that owns the page; of a free page, under its area's lock. But for hints: {@link PageArea#purge}
 * asks of each page what time it is from, and {@link PageHeap#flush}, {@link Bias} and the readers whose it is. Who changes or copies anything of the page
 * looks again under the lock; to the others an older answer does no harm.
 */
final class Page {

    static final int GRANULES_SHIFT = 12;
    static final int GRANULES = 1 << GRANULES_SHIFT;

    /** No page. */
    static final int NONE = -1;

    /** The time of a page in use of whose memory nothing can go back before blocks of it are freed. */
    static final long NOTHING_IDLE = Long.MAX_VALUE;

    /** The owner of a page that no heap has; heaps are numbered from 1. Metadata that was never written says so too. */
    static final int FREE_PAGE = 0;

    /** Bytes of metadata for each page. */
    static final long META_SIZE = 64 + GRANULES / 8;

    private static final int NEXT = 0;
    private static final int PREVIOUS = 4;
    private static final int OWNER = 8;
    private static final int BIN = 12;
    private static final int LONGEST = 16;
    private static final int FREE = 20;
    private static final int BLOCKS = 24;
    private static final int SEARCH = 28;
    private static final int TOUCHED = 32;
    private static final int TIME = 40;
    private static final int IDLE = 48;
    private static final int LOOKED = 56;
    private static final int BITMAP = 64;
    private static final int WORDS = GRANULES / 64;

    private Page() {}

    static int next(long page) {
        return Memory.getInt(page + NEXT);
    }

    static void setNext(long page, int index) {
        Memory.putInt(page + NEXT, index);
    }

    static int previous(long page) {
        return Memory.getInt(page + PREVIOUS);
    }

    static void setPrevious(long page, int index) {
        Memory.putInt(page + PREVIOUS, index);
    }

    static int owner(long page) {
        return Memory.getInt(page + OWNER);
    }

    static void setOwner(long page, int heap) {
        Memory.putInt(page + OWNER, heap);
    }

    static int bin(long page) {
        return Memory.getInt(page + BIN);
    }

    static void setBin(long page, int bin) {
        Memory.putInt(page + BIN, bin);
    }

    static int longest(long page) {
        return Memory.getInt(page + LONGEST);
    }

    static void setLongest(long page, int granules) {
        Memory.putInt(page + LONGEST, granules);
    }

    static int free(long page) {
        return Memory.getInt(page + FREE);
    }

    static void setFree(long page, int granules) {
        Memory.putInt(page + FREE, granules);
    }

    static int blocks(long page) {
        return Memory.getInt(page + BLOCKS);
    }

    static void setBlocks(long page, int blocks) {
        Memory.putInt(page + BLOCKS, blocks);
    }

    static int search(long page) {
        return Memory.getInt(page + SEARCH);
    }

    static void setSearch(long page, int granule) {
        Memory.putInt(page + SEARCH, granule);
    }

    static long touched(long page) {
        return Memory.getLong(page + TOUCHED);
    }

    static void setTouched(long page, long bits) {
        Memory.putLong(page + TOUCHED, bits);
    }

    static long time(long page) {
        return Memory.getLong(page + TIME);
    }

    static void setTime(long page, long ticks) {
        Memory.putLong(page + TIME, ticks);
    }

    /** Notes that blocks of the page were freed by the tick {@code freed}. */
    static void noteFreed(long page, long freed) {
        long time = time(page);
        setTime(page, time == NOTHING_IDLE ? freed : Math.max(time, freed));
    }

    static long idle(long page) {
        return Memory.getLong(page + IDLE);
    }

    static void setIdle(long page, long bits) {
        Memory.putLong(page + IDLE, bits);
    }

    static long looked(long page) {
        return Memory.getLong(page + LOOKED);
    }

    static void setLooked(long page, long ticks) {
        Memory.putLong(page + LOOKED, ticks);
    }

    /** The 64 granules' bits of which {@code granule} is one. */
    static long bits(long page, int granule) {
        return Memory.getLong(page + BITMAP + ((granule >>> 6) << 3));
    }

    /** The first free granule at or after {@code granule}, or {@link #GRANULES}. */
    static int nextFree(long page, int granule) {
        return next(page, granule, -1L);
    }

    /** The first used granule at or after {@code granule}, or {@link #GRANULES}. */
    static int nextUsed(long page, int granule) {
        return next(page, granule, 0L);
    }

    private static int next(long page, int granule, long flip) {
        if (granule >= GRANULES) {
            return GRANULES;
        }
        int word = granule >>> 6;
        long bits = (Memory.getLong(page + BITMAP + ((long) word << 3)) ^ flip) & (-1L << granule);
        while (bits == 0) {
            if (++word == WORDS) {
                return GRANULES;
            }
            bits = Memory.getLong(page + BITMAP + ((long) word << 3)) ^ flip;
        }
        return (word << 6) + Long.numberOfTrailingZeros(bits);
    }

    /** The first granule of the free run that ends before {@code granule}; {@code granule} itself if there is none. */
    static int freeRunStart(long page, int granule) {
        if (granule == 0) {
            return 0;
        }
        int word = (granule - 1) >>> 6;
        int top = ((granule - 1) & 63) + 1;
        long bits = Memory.getLong(page + BITMAP + ((long) word << 3)) & (-1L >>> (64 - top));
        while (bits == 0) {
            if (word == 0) {
                return 0;
            }
            word--;
            bits = Memory.getLong(page + BITMAP + ((long) word << 3));
        }
        return (word << 6) + 64 - Long.numberOfLeadingZeros(bits);
    }

    /** Marks {@code count} granules used. */
    static void use(long page, int granule, int count) {
        while (count > 0) {
            long address = page + BITMAP + ((granule >>> 6) << 3);
            int here = Math.min(count, 64 - (granule & 63));
            Memory.putLong(address, Memory.getLong(address) | mask(granule, here));
            granule += here;
            count -= here;
        }
    }

    /** Marks {@code count} granules free. */
    static void release(long page, int granule, int count) {
        while (count > 0) {
            long address = page + BITMAP + ((granule >>> 6) << 3);
            int here = Math.min(count, 64 - (granule & 63));
            Memory.putLong(address, Memory.getLong(address) & ~mask(granule, here));
            granule += here;
            count -= here;
        }
    }

    private static long mask(int granule, int count) {
        return (-1L >>> (64 - count)) << (granule & 63);
    }
}
