package zonal.allocator;

import java.util.ArrayList;
import java.util.List;

/**
 * The allocator's counts. They are added up from what each cache and heap counts for itself, without stopping anybody: while threads
 * allocate, a number may lag behind another by the calls under way.
 *
 * @param zones TINY, SMALL and LARGE
 * @param liveBytes requested bytes of all blocks in use
 * @param liveBlocks blocks in use
 * @param mappedBytes bytes made accessible for data and metadata; not all of them are resident
 * @param allocationCount blocks ever taken
 * @param freeCount blocks ever given back
 * @param foreignFreeCount frees of addresses that are not ours, passed on
 * @param badFreeCount bad frees and reallocs
 */
public record Statistics(
        List<ZoneStatistics> zones,
        long liveBytes,
        long liveBlocks,
        long mappedBytes,
        long allocationCount,
        long freeCount,
        long foreignFreeCount,
        long badFreeCount) {

    /** What all caches count, added up. */
    private static final class CacheSums {
        final long[] cached = new long[SizeClasses.COUNT];
        final long[] slack = new long[SizeClasses.COUNT];
        long taken;
        long runs;
        long runBytes;
        long runPages;
        long cachedRunPages;

        CacheSums() {
            for (int c = 1; c < SizeClasses.COUNT; c++) {
                cached[c] = Depot.count(c);
            }
            for (int i = 0; i < CacheTable.count(); i++) {
                add(CacheTable.address(i));
            }
        }

        private void add(long cache) {
            for (int c = 1; c < SizeClasses.COUNT; c++) {
                long magazine = ThreadCache.magazine(cache, c);
                cached[c] += Magazine.count(magazine);
                slack[c] += Magazine.slack(magazine);
                taken += Magazine.taken(magazine);
            }
            taken += Memory.getLong(cache + ThreadCache.RUNS_TAKEN);
            runs += Memory.getLong(cache + ThreadCache.RUNS_LIVE);
            runBytes += Memory.getLong(cache + ThreadCache.RUNS_BYTES);
            runPages += Memory.getLong(cache + ThreadCache.RUNS_LIVE_PAGES);
            cachedRunPages += RunSlot.pages(cache);
        }
    }

    /** Reads the counts. */
    public static Statistics read() {
        Allocator.start(); // what is counted before is the warm-up's
        CacheSums caches = new CacheSums();
        long taken = caches.taken + RunHeap.INSTANCE.taken() + StrictMappings.INSTANCE.taken() - Warmup.taken();
        List<ZoneStatistics> zones = new ArrayList<>();
        long liveBlocks = 0;
        long liveBytes = 0;
        for (Zone zone : Zone.ALL) {
            ZoneStatistics statistics = read(zone, caches);
            zones.add(statistics);
            liveBlocks += statistics.liveBlocks();
            liveBytes += statistics.liveBytes();
        }
        return new Statistics(
                List.copyOf(zones),
                liveBytes,
                liveBlocks,
                accessibleBytes(),
                taken,
                Math.max(0, taken - liveBlocks),
                Allocator.foreignFrees(),
                BadCalls.count());
    }

    private static ZoneStatistics read(Zone zone, CacheSums caches) {
        long pages = 0;
        long pageBytes = 0;
        long resident = 0;
        long blocks = 0;
        long bytes = 0;
        for (int c = 1; c < SizeClasses.COUNT; c++) {
            if (PageHeap.zoneOf(c) == zone) {
                long live = -caches.cached[c];
                for (int i = 1; i < PageHeap.all().length; i++) {
                    live += PageHeap.all()[i].splitOff(c);
                }
                live = Math.max(0, live);
                blocks += live;
                bytes += Math.max(0, live * SizeClasses.size(c) - caches.slack[c]);
            }
        }
        for (int i = 1; i < PageHeap.all().length; i++) {
            PageHeap heap = PageHeap.all()[i];
            if (heap.zone == zone) {
                pages += heap.pageCount();
                pageBytes += (long) heap.pageCount() << heap.area.pageShift;
                resident += resident(heap);
            }
        }
        if (zone == Zone.LARGE) {
            RunHeap runs = RunHeap.INSTANCE;
            StrictMappings strict = StrictMappings.INSTANCE;
            long runPages = runs.livePages() + caches.runPages + caches.cachedRunPages;
            long runBytes = (runPages << SystemCalls.OS_PAGE_SHIFT) + runs.dirtyBytes() + strict.liveMapped();
            long ownBlocks = Math.max(0, runs.liveBlocks() + caches.runs) + strict.liveBlocks();
            pages += ownBlocks;
            pageBytes += runBytes;
            resident += runBytes;
            blocks += ownBlocks;
            bytes += Math.max(0, runs.liveRequested() + caches.runBytes) + strict.liveRequested();
        }
        return new ZoneStatistics(zone.name(), pages, blocks, bytes, Math.max(0, pageBytes - bytes), resident);
    }

    private static long resident(PageHeap heap) {
        long osPages = 0;
        for (int i = 0; i < heap.area.pageCount(); i++) {
            long page = heap.area.page(i);
            if (Page.owner(page) == heap.index) {
                osPages += Long.bitCount(Page.touched(page));
            }
        }
        return osPages << SystemCalls.OS_PAGE_SHIFT;
    }

    /** Blocks ever taken, those of the warm-up included. */
    static long takenEver() {
        return read().allocationCount() + Warmup.taken();
    }

    private static long accessibleBytes() {
        long runs = (long) RunHeap.INSTANCE.committedPages();
        return CacheTable.TABLE_BYTES
                + Depot.BYTES
                + CacheTable.count() * ThreadCache.STRIDE
                + accessibleBytes(PageArea.FINE)
                + accessibleBytes(PageArea.COARSE)
                + runs * (SystemCalls.OS_PAGE_SIZE + Run.ENTRY_SIZE)
                + StrictMappings.INSTANCE.liveMapped();
    }

    private static long accessibleBytes(PageArea area) {
        long data = area.committed();
        return data + (data >> area.pageShift) * Page.META_SIZE + (data >> area.granuleShift << area.entryShift);
    }
}
