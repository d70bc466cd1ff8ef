package zonal.samples.jvm;

/** What the console says of one zone: a count and three amounts in bytes. */
public record ZoneCount(String name, long pages, long liveBlocks, long liveBytes, long freeBytes, long residentBytes) {}
