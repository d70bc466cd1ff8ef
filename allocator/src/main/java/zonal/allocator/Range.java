package zonal.allocator;

/**
 * The one reserved address range that everything lies in, so that "is this mine?" is one compare.
 *
 * <pre>
 *   BASE                                                                               END
 *    | caches, depots | strict table | page map (runs) | t_pages | block maps | gap | fine area | coarse area | run area | gap |
 *    |&lt;----------------- metadata -----------------&gt;|     |&lt;---------------- data ---------------&gt;|
 * </pre>
 *
 * <p>All of it is reserved without access and without swap; parts become readable and writable as they are needed. No
 * address of the metadata is ever handed out, and the gaps are never made accessible: an overflow of the application's own
 * can't reach it. The range is a few times the memory that this machine or container has, halved until the
 * system would grant twice as much.
 *
 * <p>Each area is committed from its start upwards, so that the whole range is a handful of mappings whatever is allocated.
 */
final class Range {

    private static final long SMALLEST_AREA = 64L << 20;
    private static final long LARGEST_AREA = 1L << 41;
    private static final long GAP = 2L << 20;

    private static final long FIRST_STEP = 1L << 20;
    private static final long LARGEST_STEP = 64L << 20;

    /** Bytes in the fine area, in the coarse area, and half the bytes in the run area. A power of two. */
    static final long AREA_SIZE;

    static final long BASE;
    static final long END;

    /** Which thread has which cache, and the caches. */
    static final long CACHE_TABLE;

    static final long CACHES;

    static final long DEPOTS;

    static final long BACKLOG;

    /** What the system says of OS pages in memory, for readers and for {@link RunHeap}. */
    static final long RESIDENCY;

    static final long RESIDENT_PAGES;

    /** Which blocks of {@code large=strict} are live. */
    static final long STRICT_TABLE;

    static final long RUN_MAP;
    static final long FINE_PAGES;
    static final long COARSE_PAGES;
    static final long FINE_COLD_PAGES;
    static final long COARSE_COLD_PAGES;
    static final long FINE_BIASES;
    static final long COARSE_BIASES;
    static final long FINE_MAP;
    static final long COARSE_MAP;

    static final long FINE_BASE;
    static final long COARSE_BASE;
    static final long RUNS_BASE;
    static final long RUNS_SIZE;

    /**
     * Most bytes of a block. Of a larger one the system would refuse the mapping, unless it was told to grant whatever is asked for; but it doesn't look at
     * parts of a range that was reserved without swap. So it is left to the JVM's own malloc to ask.
     */
    static final long LARGEST_BLOCK;

    static {
        MemoryLimit memory = MemoryLimit.read();
        long area = Math.clamp(powerOfTwoAtLeast(memory.bytes()), SMALLEST_AREA, LARGEST_AREA);
        long address;
        // As much again must be left for threads, files and the JVM.
        while ((address = SystemCalls.reserve(2 * size(area))) < 0) {
            area >>= 1;
            if (area < SMALLEST_AREA) {
                throw new SystemCalls.UnsupportedSystemException("the system refuses to reserve "
                        + 2 * size(SMALLEST_AREA) + " bytes of address space; see ulimit -v");
            }
        }
        SystemCalls.unmap(address + size(area), size(area));
        AREA_SIZE = area;
        RUNS_SIZE = area << 1;
        LARGEST_BLOCK = Math.min(RUNS_SIZE, memory.ofMachine());
        BASE = address;
        END = address + size(area);
        CACHE_TABLE = align(address);
        CACHES = CACHE_TABLE + align(CacheTable.TABLE_BYTES);
        DEPOTS = CACHES + align(ThreadCache.ALL_BYTES);
        BACKLOG = DEPOTS + align(Depot.BYTES);
        RESIDENCY = BACKLOG + align(Backlog.BYTES);
        RESIDENT_PAGES = RESIDENCY + align(Residency.ANSWER_BYTES);
        STRICT_TABLE = RESIDENT_PAGES + align(ResidentPages.ANSWER_BYTES);
        RUN_MAP = STRICT_TABLE + align(StrictMappings.TABLE_BYTES);
        FINE_PAGES = RUN_MAP + align(runMapSize(area));
        COARSE_PAGES = FINE_PAGES + align(pagesSize(area, PageArea.FINE_PAGE_SHIFT));
        FINE_COLD_PAGES = COARSE_PAGES + align(pagesSize(area, PageArea.COARSE_PAGE_SHIFT));
        COARSE_COLD_PAGES = FINE_COLD_PAGES + align(coldPagesSize(area, PageArea.FINE_PAGE_SHIFT));
        FINE_BIASES = COARSE_COLD_PAGES + align(coldPagesSize(area, PageArea.COARSE_PAGE_SHIFT));
        COARSE_BIASES = FINE_BIASES + align(biasesSize(area, PageArea.FINE_PAGE_SHIFT));
        FINE_MAP = COARSE_BIASES + align(biasesSize(area, PageArea.COARSE_PAGE_SHIFT));
        COARSE_MAP = FINE_MAP + align(fineMapSize(area));
        FINE_BASE = COARSE_MAP + align(coarseMapSize(area)) + GAP;
        COARSE_BASE = FINE_BASE + area;
        RUNS_BASE = COARSE_BASE + area;
        // Touching one byte must not make 2 MiB resident where transparent huge pages are "always". Old kernels refuse;
        // no harm.
        SystemCalls.noHugePages(BASE, END - BASE);
    }

    private Range() {}

    /** Whether {@code address} lies in the range. */
    static boolean contains(long address) {
        long offset = address - BASE;
        return offset >= 0 && offset < END - BASE;
    }

    /** Bytes of an area that are made accessible next where {@code accessible} are: few in the beginning, for strict overcommit charges them, used or not. */
    static long step(long accessible) {
        return Math.clamp(Long.highestOneBit(accessible >> 2), FIRST_STEP, LARGEST_STEP);
    }

    private static long size(long area) {
        return GAP // for alignment
                + align(CacheTable.TABLE_BYTES)
                + align(ThreadCache.ALL_BYTES)
                + align(Depot.BYTES)
                + align(Backlog.BYTES)
                + align(Residency.ANSWER_BYTES)
                + align(ResidentPages.ANSWER_BYTES)
                + align(StrictMappings.TABLE_BYTES)
                + align(runMapSize(area))
                + align(pagesSize(area, PageArea.FINE_PAGE_SHIFT))
                + align(pagesSize(area, PageArea.COARSE_PAGE_SHIFT))
                + align(coldPagesSize(area, PageArea.FINE_PAGE_SHIFT))
                + align(coldPagesSize(area, PageArea.COARSE_PAGE_SHIFT))
                + align(biasesSize(area, PageArea.FINE_PAGE_SHIFT))
                + align(biasesSize(area, PageArea.COARSE_PAGE_SHIFT))
                + align(fineMapSize(area))
                + align(coarseMapSize(area))
                + GAP
                + 4 * area
                + GAP;
    }

    /** An entry more than the granules need: that of the last one can be asked for its second. */
    private static long fineMapSize(long area) {
        return (area >> PageArea.FINE_GRANULE_SHIFT) + 1;
    }

    private static long coarseMapSize(long area) {
        return ((area >> PageArea.COARSE_GRANULE_SHIFT) << 1) + 2;
    }

    private static long runMapSize(long area) {
        return ((area << 1) >> SystemCalls.OS_PAGE_SHIFT) * Run.ENTRY_SIZE;
    }

    private static long pagesSize(long area, int pageShift) {
        return (area >> pageShift) * Page.META_SIZE;
    }

    /** A bit for each page, and one word more. */
    private static long coldPagesSize(long area, int pageShift) {
        return (area >> pageShift >> 3) + Long.BYTES;
    }

    private static long biasesSize(long area, int pageShift) {
        return (area >> pageShift) * Bias.ENTRY_SIZE;
    }

    private static long align(long value) {
        return (value + GAP - 1) & -GAP;
    }

    private static long powerOfTwoAtLeast(long value) {
        return value <= 1 ? 1 : Long.highestOneBit(value - 1) << 1;
    }

    /** Mappings that the system allows this process. */
    static long mostMappings() {
        String text = KernelFile.read("/proc/sys/vm/max_map_count");
        long mappings = text == null ? -1 : KernelFile.number(text, "");
        return mappings >= 0 ? mappings : 65_530;
    }
}
