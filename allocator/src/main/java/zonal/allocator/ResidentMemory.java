package zonal.allocator;

/**
 * What the allocator has in memory at one moment, and for what. Asked of the system, OS page by OS page: memory that was taken and never
 * written to is not resident, whatever the allocator's own maps say.
 *
 * <p>Nobody is stopped meanwhile. An OS page is counted once, for what its page or run was when it was looked at; the maps are read without
 * locks, and what they say, even if it changes between two reads, leads to no address outside the accessible part of the range.
 */
final class ResidentMemory {

    private static boolean ready;

    private final long[] zones = new long[Zone.ALL.length];
    private long cached;
    private long metadata;

    private ResidentMemory() {}

    /** Reads all anew; about 3 ms for each GiB that is accessible. */
    static synchronized ResidentMemory read() {
        ResidentMemory memory = new ResidentMemory();
        ready = ready || SystemCalls.commit(Range.RESIDENCY, Residency.ANSWER_BYTES) == 0;
        if (ready) {
            memory.addPages(PageArea.FINE);
            memory.addPages(PageArea.COARSE);
            memory.addRuns();
            StrictMappings.INSTANCE.forEachMapping(memory::addMapping);
            Metadata.forEachPart(memory::addMetadata);
        }
        return memory;
    }

    /** Accessible bytes for the system's answers. */
    static long answerBytes() {
        return ready ? Residency.ANSWER_BYTES : 0;
    }

    /** Resident bytes of the pages, runs and mappings of a zone, with what lies free or cached in its pages. */
    long of(Zone zone) {
        return zones[zone.index];
    }

    /** Resident bytes that are kept for later and belong to no zone now: free pages, freed runs. */
    long cached() {
        return cached;
    }

    /** Resident bytes of metadata. */
    long metadata() {
        return metadata;
    }

    private void addPages(PageArea area) {
        long bytes = 1L << area.pageShift;
        int count = area.pageCount();
        Residency residency = new Residency(area.data(count));
        for (int i = 0; i < count; i++) {
            long resident = residency.bytes(area.data(i), bytes);
            int owner = area.owner(i);
            if (owner == Page.FREE_PAGE) {
                cached += resident;
            } else {
                zones[PageHeap.all()[owner].zone.index] += resident;
            }
        }
    }

    private void addRuns() {
        int count = RunHeap.INSTANCE.committedPages();
        Residency residency = new Residency(Run.address(count));
        int length;
        for (int run = 0; run < count; run += length) {
            int kind = Run.kind(run);
            // An entry that isn't a run's first was one when its neighbour was looked at, or will be.
            length = Run.isStart(kind) ? Math.max(1, Math.min(Run.length(run), count - run)) : 1;
            long resident = residency.bytes(Run.address(run), (long) length << SystemCalls.OS_PAGE_SHIFT);
            if (kind == Run.LIVE) {
                zones[Zone.LARGE.index] += resident;
            } else {
                cached += resident;
            }
        }
    }

    private void addMapping(long address, long bytes) {
        zones[Zone.LARGE.index] += new Residency(address + bytes).bytes(address, bytes);
    }

    private void addMetadata(long address, long bytes) {
        metadata += new Residency(address + bytes).bytes(address, bytes);
    }
}
