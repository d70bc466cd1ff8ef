package zonal.allocator;

import static zonal.allocator.HeapCheck.check;
import static zonal.allocator.HeapCheck.read;

import java.lang.invoke.VarHandle;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import zonal.allocator.HeapCheck.Place;

/** {@link HeapCheck}'s part for {@link RunHeap}: its runs tile the area, and each is in the lists that it belongs to. */
final class RunCheck {

    private RunCheck() {}

    /**
     * Verifies what holds while the run heap's locks are held.
     *
     * @param quiet whether no other thread is inside the allocator
     * @return the live runs
     */
    static HeapCheck.Seen walk(boolean quiet) {
        RunHeap runs = RunHeap.INSTANCE;
        Map<Integer, Integer> clean = listed("cleanBins");
        Map<Integer, Integer> dirty = listed("dirtyBins");
        long dirtyPages = 0;
        long livePages = 0;
        long blocks = 0;
        long bytes = 0;
        long cachedPages = 0;
        int moved = 0;
        int huge = 0;
        int before = Run.NOTHING;
        int run = 0;
        while (run < runs.committedPages()) {
            int kind = Run.kind(run);
            int length = Run.length(run);
            Place where = new Place("run of kind", kind, run, length);
            check(Run.isStart(kind), where, "no run starts there");
            check(length > 0 && run + length <= runs.committedPages(), where, "leaves the area");
            boolean free = kind == Run.CLEAN || kind == Run.DIRTY;
            check(!free || kind != before, where, "not coalesced with the one before it");
            for (int i = 1; i < length; i++) {
                int end = free && i == length - 1 ? (kind == Run.CLEAN ? Run.CLEAN_END : Run.DIRTY_END) : Run.NOTHING;
                check(Run.kind(run + i) == end, where, "an entry inside a run");
                check(end == Run.NOTHING || Run.length(run + i) == length, where, "its end tells another length");
            }
            cachedPages += kind == Run.CACHED ? length : 0;
            if (kind == Run.LIVE) {
                blocks++;
                bytes += Run.value(run);
                livePages += length;
                moved += Run.flags(run) & Run.MOVED;
                huge += Run.flags(run) & Run.HUGE;
                check(
                        (Run.flags(run) & Run.MOVED) == 0 || Run.parts(run) <= Run.MOST_PARTS,
                        where,
                        "more parts than there is room for");
                check(partsEnd(run) <= length, where, "a moved part ends beyond its run");
                check(Run.value(run) > 0, where, "a live block of no bytes");
                check(Run.value(run) <= (long) length << SystemCalls.OS_PAGE_SHIFT, where, "a block beyond its run");
            }
            Integer inList = (kind == Run.DIRTY ? dirty : clean).remove(run);
            check(free == (inList != null), where, "in no list, or in one that it doesn't belong to");
            check(inList == null || inList == length, where, "in a bin of another length");
            dirtyPages += kind == Run.DIRTY ? Run.resident(run) : 0;
            before = kind;
            run += length;
        }
        check(run == runs.committedPages(), "runs don't tile the area");
        check(clean.isEmpty() && dirty.isEmpty(), "a list of runs that are none");
        check(runs.dirtyBytes() == dirtyPages << SystemCalls.OS_PAGE_SHIFT, "dirtyBytes is wrong");
        if (quiet) { // slots are used, and lives ended, without the lock
            check(
                    (int) read(RunHeap.class, runs, "movedRuns") == moved / Run.MOVED,
                    "moved runs are not counted right");
            check(
                    (int) read(HugeRuns.class, read(RunHeap.class, runs, "huge"), "count") == huge / Run.HUGE,
                    "runs with huge pages are not counted right");
            long slotPages = 0;
            for (int i = 0; i < CacheTable.count(); i++) {
                slotPages += RunSlot.pages(CacheTable.address(i));
            }
            check(cachedPages == slotPages, "cached runs are not those of the slots");
            check(runs.liveBlocks() + inCaches(ThreadCache.RUNS_LIVE) == blocks, "live runs are not counted right");
            check(
                    runs.liveRequested() + inCaches(ThreadCache.RUNS_BYTES) == bytes,
                    "bytes of live runs are not counted right");
            check(
                    runs.livePages() + inCaches(ThreadCache.RUNS_LIVE_PAGES) == livePages,
                    "OS pages of live runs are not counted right");
        }
        checkQueues();
        return new HeapCheck.Seen(blocks, bytes);
    }

    /** Where the furthest part of a moved run ends, OS pages from its start; 0 of another run. */
    private static int partsEnd(int run) {
        int end = 0;
        for (int part = 0; (Run.flags(run) & Run.MOVED) != 0 && part < Run.parts(run); part++) {
            end = Math.max(end, Run.partEnd(run, part));
        }
        return end;
    }

    private static long inCaches(int field) {
        long sum = 0;
        for (int i = 0; i < CacheTable.count(); i++) {
            sum += Memory.getLong(CacheTable.address(i) + field);
        }
        return sum;
    }

    private static FreeRuns freeRuns() {
        return (FreeRuns) read(RunHeap.class, RunHeap.INSTANCE, "free");
    }

    /** The runs in the bins, with their lengths. */
    private static Map<Integer, Integer> listed(String kind) {
        RunBins bins = (RunBins) read(FreeRuns.class, freeRuns(), kind);
        Map<Integer, Integer> found = new HashMap<>();
        for (int bin = 0; bin < bins.first.length; bin++) {
            Place where = new Place("bin of runs", bin, bins.first[bin], 0);
            boolean nonEmpty = (bins.nonEmpty[bin >>> 6] >>> bin & 1) == 1;
            check(nonEmpty == (bins.first[bin] != Run.NONE), where, "nonEmpty is wrong");
            int previous = Run.NONE;
            for (int run = bins.first[bin]; run != Run.NONE; run = Run.next(run)) {
                check(found.put(run, Run.length(run)) == null, where, "has a loop");
                check(Run.previous(run) == previous, where, "previous is wrong");
                check(runBin(Run.length(run)) == bin, where, "a run of another bin's length");
                previous = run;
            }
        }
        return found;
    }

    private static int runBin(int pages) {
        if (pages < 8) {
            return pages;
        }
        int log = 31 - Integer.numberOfLeadingZeros(pages);
        return 8 * (log - 2) + (pages >>> (log - 3)) % 8;
    }

    /** The queues of dirty runs: each run is in the right one. */
    private static void checkQueues() {
        Set<Integer> seen = new HashSet<>();
        long pages = checkQueue("unasked", seen) + checkQueue("counted", seen);
        check(pages << SystemCalls.OS_PAGE_SHIFT == RunHeap.INSTANCE.dirtyBytes(), "a dirty run is in no queue");
    }

    private static long checkQueue(String name, Set<Integer> seen) {
        DirtyRuns queue = (DirtyRuns) read(FreeRuns.class, freeRuns(), name);
        int[] newest = (int[]) read(DirtyRuns.class, queue, "newest");
        int[] oldest = (int[]) read(DirtyRuns.class, queue, "oldest");
        long pages = 0;
        int queued = 0;
        for (int generation = 0; generation < newest.length; generation++) {
            int older = Run.NONE;
            for (int run = oldest[generation]; run != Run.NONE; run = Run.newer(run)) {
                Place where = new Place("dirty run", Run.kind(run), run, Run.length(run));
                check(seen.add(run), where, "is queued twice, or the queue has a loop");
                check(Run.kind(run) == Run.DIRTY, where, "is queued, and isn't dirty");
                check(Run.older(run) == older, where, "older is wrong");
                check(
                        generation(Run.freed(run), newest.length) == generation,
                        where,
                        "is in another generation's list");
                boolean asked = Run.flags(run) == Run.ASKED;
                boolean isLong = (long) Run.length(run) << SystemCalls.OS_PAGE_SHIFT >= 1 << 20;
                check(name.equals("unasked") == (isLong && !asked), where, "is in the wrong queue");
                check(
                        Run.resident(run) >= 0 && Run.resident(run) <= Run.length(run),
                        where,
                        "more in memory than it has");
                pages += Run.resident(run);
                queued++;
                older = run;
            }
            check(newest[generation] == older, "the newest of a queue of dirty runs is wrong");
        }
        checkOrder(queue, queued);
        check(pages == queue.pages(), "the OS pages of a queue of dirty runs are not counted right");
        return pages;
    }

    /** From the oldest on, each is there once. Which generation is the present one the daemon decides, who waits for no lock. */
    private static void checkOrder(DirtyRuns queue, int queued) {
        long tick = Housekeeper.now();
        VarHandle.fullFence();
        int found = 0;
        for (int run = queue.oldest(); run != Run.NONE && found <= queued; run = queue.next(run)) {
            found++;
        }
        VarHandle.fullFence();
        check(found == queued || tick != Housekeeper.now(), "a dirty run doesn't come in its turn");
    }

    /** Generations are of 1, 2, 4 or more ticks, so that the decay has fewer than there are. */
    private static int generation(long tick, int generations) {
        long ticks = 1;
        while (Housekeeper.DECAY_TICKS / (generations - 2) >= ticks) {
            ticks <<= 1;
        }
        return (int) (tick / ticks % generations);
    }
}
