package zonal.allocator;

/**
 * The run that a thread freed last, kept in its cache: the next request for as many OS pages is served without a lock.
 *
 * <p>The slot keeps its own counts, which may be negative: a run may be taken through the heap and freed into a slot. The sums over the heap
 * and all caches are exact.
 *
 * <p><b>Two threads.</b> The first word of a live run's entry changes only by compare-and-set, be it here without the lock or in {@link RunHeap} with
 * it. So of two threads that free one block at the same moment, or one of which resizes what the other frees, one finds that it is no live
 * block any more, as in {@link BlockMap}. Whoever has ended its life owns the entry. Others read the word, to see if the run before or behind
 * theirs is free, and CACHED is not.
 */
final class RunSlot {

    /** A slot holds this part at most of what the magazines of a cache may hold. */
    private static final int PART = 4;

    /** Where freed runs go back to the system at once, be it to be kept from no memory or from no later block, none is cached. */
    private static final boolean NEVER_CACHED = Housekeeper.AT_ONCE
            || Options.current().zeroOnFree()
            || Options.current().largeCache() == 0;

    private RunSlot() {}

    /** Takes the cached run for a block of {@code bytes}, {@link Range#LARGEST_BLOCK} at most, or 0 if it has another length. */
    static long take(long cache, long bytes) {
        int pages = RunHeap.pagesFor(bytes);
        long address = Memory.getLong(cache + ThreadCache.RUN);
        if (Memory.getInt(cache + ThreadCache.RUN_PAGES) != pages || address == 0) {
            return 0;
        }
        Memory.putLong(cache + ThreadCache.RUN, 0);
        int run = RunHeap.index(address);
        Run.setValue(run, bytes);
        Run.publish(run, Run.LIVE, 0, pages);
        count(cache, ThreadCache.RUNS_TAKEN, 1);
        count(cache, ThreadCache.RUNS_LIVE, 1);
        count(cache, ThreadCache.RUNS_BYTES, bytes);
        count(cache, ThreadCache.RUNS_LIVE_PAGES, pages);
        return address;
    }

    /** Frees the live block that starts at {@code address} into the slot; false if there is none, or it should go to the heap. */
    static boolean put(long cache, long address) {
        int run = RunHeap.INSTANCE.live(address);
        if (run == Run.NONE) {
            return false;
        }
        long word = Run.word(run);
        if ((Run.flagsOf(word) & (Run.MOVED | Run.HUGE | Run.SAMPLED)) != 0) {
            return false;
        }
        int pages = Run.lengthOf(word);
        if ((long) pages << SystemCalls.OS_PAGE_SHIFT > ThreadCache.mostGranted() / PART || NEVER_CACHED) {
            return false;
        }
        if (!Run.endLife(run, word, Run.CACHED)) {
            return false;
        }
        long bytes = Run.value(run);
        count(cache, ThreadCache.RUNS_LIVE, -1);
        count(cache, ThreadCache.RUNS_BYTES, -bytes);
        count(cache, ThreadCache.RUNS_LIVE_PAGES, -pages);
        long older = Memory.getLong(cache + ThreadCache.RUN);
        Memory.putLong(cache + ThreadCache.RUN, address);
        Memory.putInt(cache + ThreadCache.RUN_PAGES, pages);
        if (older != 0) {
            RunHeap.INSTANCE.giveCached(older, Housekeeper.now());
        }
        return true;
    }

    /** A number that each use of the slot changes, as well as can be told from outside. */
    static long digest(long cache) {
        return Memory.getLong(cache + ThreadCache.RUNS_TAKEN) * 31 + Memory.getLong(cache + ThreadCache.RUNS_LIVE);
    }

    /** OS pages of the cached run. */
    static int pages(long cache) {
        return Memory.getLong(cache + ThreadCache.RUN) == 0 ? 0 : Memory.getInt(cache + ThreadCache.RUN_PAGES);
    }

    /** Gives the cached run, which was freed by the tick {@code freed}, back to the heap. */
    static void drain(long cache, long freed) {
        long address = Memory.getLong(cache + ThreadCache.RUN);
        if (address != 0) {
            Memory.putLong(cache + ThreadCache.RUN, 0);
            RunHeap.INSTANCE.giveCached(address, freed);
        }
    }

    private static void count(long cache, int field, long more) {
        Memory.putLong(cache + field, Memory.getLong(cache + field) + more);
    }
}
