package zonal.allocator;

import org.jspecify.annotations.Nullable;

/**
 * What the allocator has in memory at one moment, and for what. Asked of the system, OS page by OS page: memory that was taken and never
 * written to is not resident, whatever the allocator's own maps say.
 *
 * <p>Nobody is stopped meanwhile. An OS page is counted once, for what its page or run was when it was looked at; the maps are read without
 * locks, and what they say, even if it changes between two reads, leads to no address outside the accessible part of the range.
 */
final class ResidentMemory {

    /** How many times as long as it took a reading may be passed off as the present. */
    private static final int COST_TO_AGE = 10;

    private static boolean ready;

    /** The latest reading, when it was ended ({@link System#nanoTime}), and how long it took. */
    private static @Nullable ResidentMemory latest;

    private static long latestAt;
    private static long latestNanos;

    private final long[] zones = new long[Zone.ALL.length];
    private long cached;
    private long metadata;

    private ResidentMemory() {}

    /** Reads all anew; one to three milliseconds for each GiB that is accessible. */
    static synchronized ResidentMemory read() {
        long start = System.nanoTime();
        ResidentMemory memory = readNow();
        latest = memory;
        latestAt = System.nanoTime();
        latestNanos = latestAt - start;
        return memory;
    }

    /**
     * The latest reading, unless it is older, at {@code now} ({@link System#nanoTime}), than ten times what it took: then a new one. So whoever
     * asks for one number after another, as scrapers do, waits for one reading, and no number of askers takes more than a tenth of a
     * processor. A GiB's figures are at most some 30 ms old.
     */
    static synchronized ResidentMemory recent(long now) {
        ResidentMemory memory = latest;
        return memory != null && now - latestAt <= COST_TO_AGE * latestNanos ? memory : read();
    }

    private static ResidentMemory readNow() {
        ResidentMemory memory = new ResidentMemory();
        if (isReady()) {
            memory.addPages(PageArea.FINE);
            memory.addPages(PageArea.COARSE);
            memory.addRuns();
            memory.addMappings();
            Metadata.forEachPart(memory::addMetadata);
        }
        return memory;
    }

    /** Resident bytes of {@code bytes} at {@code address}, whole OS pages. */
    static synchronized long bytes(long address, long bytes) {
        return isReady() ? new Residency(address + bytes).bytes(address, bytes) : 0;
    }

    private static boolean isReady() {
        ready = ready || SystemCalls.commit(Range.RESIDENCY, Residency.ANSWER_BYTES) == 0;
        return ready;
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

    private void addMappings() {
        StrictMappings.Walk mappings = new StrictMappings.Walk(0);
        while (mappings.next()) {
            long bytes = StrictMappings.mapped(mappings.bytes());
            zones[Zone.LARGE.index] += new Residency(mappings.address() + bytes).bytes(mappings.address(), bytes);
        }
    }

    private void addMetadata(long address, long bytes) {
        metadata += new Residency(address + bytes).bytes(address, bytes);
    }
}
