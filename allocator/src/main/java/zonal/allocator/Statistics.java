package zonal.allocator;

import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The allocator's counts. They are added up from what each cache and heap counts for itself, without stopping anybody: while threads
 * allocate, a number may lag behind another by the calls under way. While nobody does, they are exact.
 *
 * @param zones TINY, SMALL and LARGE
 * @param liveBytes requested bytes of all blocks in use
 * @param liveBlocks blocks in use
 * @param mappedBytes bytes made accessible for data and metadata; not all of them are resident
 * @param residentBytes bytes of them in memory: those of the zones, cached bytes and metadata bytes
 * @param cachedBytes resident bytes of free pages and freed runs, which belong to no zone now: kept for later, or until {@code decay}
 * @param metadataBytes resident bytes of the allocator's own data
 * @param threadCacheBytes usable bytes of free blocks that lie in thread caches and depots, in the zones' pages and runs
 * @param allocationCount blocks ever taken; a realloc is one of each where the block moves, and none where it stays, or is a mapping before and after
 * @param freeCount blocks ever given back
 * @param foreignFreeCount frees of addresses that are not ours, passed on
 * @param badFreeCount bad frees and reallocs
 */
public record Statistics(
        List<ZoneStatistics> zones,
        long liveBytes,
        long liveBlocks,
        long mappedBytes,
        long residentBytes,
        long cachedBytes,
        long metadataBytes,
        long threadCacheBytes,
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
                cached[c] = (long) Depot.count(c) + Backlog.count(c);
            }
            for (int i = 0; i < CacheTable.count(); i++) {
                add(CacheTable.address(i));
            }
            for (int c = 1; c < SizeClasses.COUNT; c++) {
                slack[c] = Magazine.wholeSlack(slack[c]);
            }
        }

        private void add(long cache) {
            for (int c = 1; c < SizeClasses.COUNT; c++) {
                cached[c] += (long) Magazine.count(cache, c) + Magazine.remoteCount(cache, c);
                slack[c] += Magazine.slack(cache, c);
                taken += Magazine.taken(cache, c);
            }
            taken += Memory.getLong(cache + ThreadCache.RUNS_TAKEN);
            runs += Memory.getLong(cache + ThreadCache.RUNS_LIVE);
            runBytes += Memory.getLong(cache + ThreadCache.RUNS_BYTES);
            runPages += Memory.getLong(cache + ThreadCache.RUNS_LIVE_PAGES);
            cachedRunPages += RunSlot.pages(cache);
        }

        private long cachedBytes() {
            long bytes = cachedRunPages << SystemCalls.OS_PAGE_SHIFT;
            for (int c = 1; c < SizeClasses.COUNT; c++) {
                bytes += cached[c] * SizeClasses.size(c);
            }
            return bytes;
        }
    }

    /** Reads the counts. To ask the system what is resident takes one to three milliseconds for each GiB that is accessible. */
    public static Statistics read() {
        Allocator.start(); // what is counted before is the warm-up's
        return read(ResidentMemory.read());
    }

    /**
     * Reads the counts; what is resident may be as old as ten times what it takes to ask the system. For whoever asks often, or for one number
     * after another.
     */
    public static Statistics recent() {
        Allocator.start();
        return read(ResidentMemory.recent(System.nanoTime()));
    }

    /**
     * The most blocks that a reader found to be taken: it grows, though a magazine that is read in the middle of a change shows fewer, and never
     * more. Live blocks may be found to be too few, so this can't be had of the frees: they are exact when nobody allocates, and may be a few less
     * than a moment before while somebody does.
     */
    private static final AtomicLong MOST_TAKEN = new AtomicLong();

    /** So long a reader waits for the housekeeper to move blocks: a thousand of them in 0.1 ms, and in depots are some millions at most. */
    private static final long MOST_WAIT_NANOS = 1_000_000_000;

    private static final int PAUSE_MICROS = 100;

    private static Statistics read(ResidentMemory memory) {
        for (long begin = System.nanoTime(); ; SystemCalls.sleepMicros(PAUSE_MICROS)) {
            boolean late = System.nanoTime() - begin > MOST_WAIT_NANOS;
            int moves = Housekeeper.moves();
            if ((moves & 1) != 0 && !late) {
                continue; // what it adds up would not be believed
            }
            Statistics read = addUp(memory);
            VarHandle.loadLoadFence(); // no count is read after the number of moves is
            if (late || moves == Housekeeper.moves()) {
                return read;
            }
        }
    }

    private static Statistics addUp(ResidentMemory memory) {
        CacheSums caches = new CacheSums();
        long taken = MOST_TAKEN.accumulateAndGet(taken(caches) - Warmup.taken(), Math::max);
        List<ZoneStatistics> zones = new ArrayList<>();
        long liveBlocks = 0;
        long liveBytes = 0;
        long resident = memory.cached() + memory.metadata();
        for (Zone zone : Zone.ALL) {
            ZoneStatistics statistics = read(zone, caches, memory.of(zone));
            zones.add(statistics);
            liveBlocks += statistics.liveBlocks();
            liveBytes += statistics.liveBytes();
            resident += statistics.residentBytes();
        }
        return new Statistics(
                List.copyOf(zones),
                liveBytes,
                liveBlocks,
                accessibleBytes(),
                resident,
                memory.cached(),
                memory.metadata(),
                caches.cachedBytes(),
                taken,
                Math.max(0, taken - liveBlocks),
                Allocator.foreignFrees(),
                BadCalls.count());
    }

    private static ZoneStatistics read(Zone zone, CacheSums caches, long resident) {
        long pages = 0;
        long pageBytes = 0;
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
            blocks += ownBlocks;
            bytes += Math.max(0, runs.liveRequested() + caches.runBytes) + strict.liveRequested();
        }
        return new ZoneStatistics(zone.name(), pages, blocks, bytes, Math.max(0, pageBytes - bytes), resident);
    }

    /** Blocks ever taken, those of the warm-up included. */
    static long takenEver() {
        return taken(new CacheSums());
    }

    private static long taken(CacheSums caches) {
        return caches.taken + RunHeap.INSTANCE.taken() + StrictMappings.INSTANCE.taken();
    }

    private static long accessibleBytes() {
        long[] bytes = {
            PageArea.FINE.committed()
                    + PageArea.COARSE.committed()
                    + ((long) RunHeap.INSTANCE.committedPages() << SystemCalls.OS_PAGE_SHIFT)
                    + StrictMappings.INSTANCE.liveMapped()
        };
        Metadata.forEachPart((address, part) -> bytes[0] += part);
        return bytes[0];
    }
}
