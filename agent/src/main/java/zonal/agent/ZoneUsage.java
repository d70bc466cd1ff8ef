package zonal.agent;

import zonal.allocator.ZoneStatistics;

/**
 * One zone at one moment, as an open type.
 *
 * @param pages number of pages
 * @param liveBlocks number of live blocks
 * @param liveBytes bytes in live blocks, as requested
 * @param freeBytes bytes of its pages that hold no live block; for LARGE, of freed runs that are kept, too
 * @param residentBytes bytes of its pages, runs and mappings that are in memory, as the system says
 */
public record ZoneUsage(long pages, long liveBlocks, long liveBytes, long freeBytes, long residentBytes) {
    static ZoneUsage of(ZoneStatistics zone) {
        return new ZoneUsage(zone.pages(), zone.liveBlocks(), zone.liveBytes(), zone.freeBytes(), zone.residentBytes());
    }
}
