package zonal.allocator;

/** The parts of the range's metadata that are accessible. */
final class Metadata {

    private Metadata() {}

    /** Calls {@code visitor} with each part. */
    static void forEachPart(PartVisitor visitor) {
        part(visitor, Range.CACHE_TABLE, CacheTable.TABLE_BYTES);
        part(visitor, Range.CACHES, CacheTable.count() * ThreadCache.STRIDE);
        part(visitor, Range.DEPOTS, Depot.BYTES);
        part(visitor, Range.BACKLOG, Backlog.accessibleBytes());
        part(visitor, Range.RESIDENCY, ResidentMemory.answerBytes());
        part(visitor, Range.RESIDENT_PAGES, ResidentPages.answerBytes());
        part(visitor, Range.STRICT_TABLE, StrictMappings.INSTANCE.tableBytes());
        part(visitor, Range.RUN_MAP, (long) RunHeap.INSTANCE.committedPages() * Run.ENTRY_SIZE);
        area(visitor, PageArea.FINE);
        area(visitor, PageArea.COARSE);
    }

    private static void area(PartVisitor visitor, PageArea area) {
        long data = area.committed();
        part(visitor, area.pages, (data >> area.pageShift) * Page.META_SIZE);
        part(visitor, area.cold.bitmap, (data >> area.pageShift >> 3) + Long.BYTES);
        part(visitor, area.biases, (data >> area.pageShift) * Bias.ENTRY_SIZE);
        part(visitor, area.map, data >> area.granuleShift << area.entryShift);
    }

    private static void part(PartVisitor visitor, long address, long bytes) {
        if (bytes > 0) {
            visitor.part(address, (bytes + SystemCalls.OS_PAGE_SIZE - 1) & -SystemCalls.OS_PAGE_SIZE);
        }
    }
}
