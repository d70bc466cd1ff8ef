package zonal.allocator;

/**
 * A zone at one moment.
 *
 * @param name TINY, SMALL or LARGE
 * @param pages pages in use; for LARGE, each run or mapping is one more
 * @param liveBlocks blocks in use
 * @param liveBytes requested bytes of them
 * @param freeBytes bytes of the zone's pages that hold no live block; for LARGE, of freed runs that are kept, too
 * @param residentBytes bytes of its pages, runs and mappings that are in memory, with what lies free or cached between its blocks
 */
public record ZoneStatistics(
        String name, long pages, long liveBlocks, long liveBytes, long freeBytes, long residentBytes) {}
