package zonal.allocator;

import java.io.IOException;
import java.util.Arrays;

/**
 * A walk over all live blocks, while other threads go on allocating.
 *
 * <p>What is done under one hold of a lock has a bound that doesn't depend on how many blocks there are: the block map of one page is
 * copied (4 or 8 KiB, in one copy), one run is looked at, or some hundred blocks of {@link StrictMappings}. The copy is read without
 * the lock, and so is whatever the visitor does. Only pages that a heap owns are copied: free and uncommitted ones cost a read of their owner, or nothing.
 *
 * <p>Each block is found as it was at one moment. The walk as a whole is not of one moment: what is taken or freed meanwhile may be
 * seen or not. A block that lives from before the walk until after it is seen exactly once, unless it is resized.
 */
final class LiveBlocks {

    private final BlockVisitor visitor;
    private final byte[] entries = new byte[Page.GRANULES * 2];
    private final byte[] noBlocks = new byte[Page.GRANULES * 2];

    private int runKind;
    private int runLength;
    private long runBytes;

    private LiveBlocks(BlockVisitor visitor) {
        this.visitor = visitor;
    }

    /**
     * Shows each live block to {@code visitor}.
     *
     * @throws IOException if the visitor throws it
     */
    static void visit(BlockVisitor visitor) throws IOException {
        Allocator.start();
        LiveBlocks walk = new LiveBlocks(visitor);
        for (Zone zone : Zone.ALL) {
            walk.visitZone(zone);
        }
    }

    private void visitZone(Zone zone) throws IOException {
        long first = firstAddress(zone);
        if (first == 0) {
            return;
        }
        visitor.zone(zone, first);
        if (zone == Zone.LARGE) {
            visitMappings(0, Range.BASE);
        }
        visitPages(PageArea.FINE, zone);
        visitPages(PageArea.COARSE, zone);
        if (zone == Zone.LARGE) {
            visitRuns();
            visitMappings(Range.END, Long.MAX_VALUE);
        }
    }

    /** Where the zone's first page, run or mapping starts; 0 if it has none. */
    private long firstAddress(Zone zone) {
        long inRange = firstInRange(zone);
        StrictMappings.Walk mappings = new StrictMappings.Walk(0);
        if (zone != Zone.LARGE || !mappings.next()) {
            return inRange;
        }
        return inRange == 0 ? mappings.address() : Math.min(inRange, mappings.address());
    }

    private long firstInRange(Zone zone) {
        for (PageArea area : new PageArea[] {PageArea.FINE, PageArea.COARSE}) {
            for (int i = 0; i < area.pageCount(); i++) {
                int owner = area.owner(i);
                if (owner != Page.FREE_PAGE && PageHeap.all()[owner].zone == zone) {
                    return area.data(i);
                }
            }
        }
        int run = zone == Zone.LARGE ? nextLiveRun(0) : Run.NONE;
        return run == Run.NONE ? 0 : Run.address(run);
    }

    // ---- pages

    private void visitPages(PageArea area, Zone zone) throws IOException {
        PageHeap[] heaps = PageHeap.all();
        for (int i = 0; i < area.pageCount(); i++) {
            int owner = area.owner(i);
            // An owner that changes between here and the copy is a page that was empty since the walk began.
            if (owner != Page.FREE_PAGE && heaps[owner].zone == zone && heaps[owner].copyEntries(i, entries)) {
                visitPage(area, i);
            }
        }
    }

    private void visitPage(PageArea area, int index) throws IOException {
        long data = area.data(index);
        boolean fine = area == PageArea.FINE;
        int end = Page.GRANULES << area.entryShift;
        int at = 0;
        while (at < end) {
            int first = fine ? entries[at] : shortAt(at);
            if (first == 0) {
                int gap = Arrays.mismatch(entries, at, end, noBlocks, 0, end - at);
                if (gap < 0) {
                    return;
                }
                at = (at + gap) & -(1 << area.entryShift);
                continue;
            }
            int sizeClass;
            int slack;
            if (fine) {
                sizeClass = at + 1 < end ? Math.max(1, entries[at + 1]) : 1;
                slack = BlockMap.fineSlack(first);
            } else {
                sizeClass = shortAt(at + 2);
                slack = BlockMap.coarseSlack(first);
            }
            int usable = SizeClasses.size(sizeClass);
            if (BlockMap.isLive(first, fine)) {
                long offset = (long) at >>> area.entryShift << area.granuleShift;
                visitor.block(data + offset, usable - slack, usable);
            }
            at += usable >>> area.granuleShift << area.entryShift;
        }
    }

    private int shortAt(int at) {
        return (entries[at] & 0xff) | entries[at + 1] << 8;
    }

    // ---- runs

    private void visitRuns() throws IOException {
        for (int run = nextLiveRun(0); run != Run.NONE; run = nextLiveRun(run + runLength)) {
            visitor.block(Run.address(run), runBytes, (long) runLength << SystemCalls.OS_PAGE_SHIFT);
        }
    }

    /** The first live run at or behind an OS page of the run area, or {@link Run#NONE}; what is known of it is in the fields. */
    private int nextLiveRun(int osPage) {
        int run = osPage;
        while (run < RunHeap.INSTANCE.committedPages()) {
            readRun(run);
            if (runKind == Run.LIVE) {
                return run;
            }
            // What was the start of a run may have been coalesced since: then the walk goes on OS page by OS page to
            // the next.
            run += Run.isStart(runKind) ? runLength : 1;
        }
        return Run.NONE;
    }

    private void readRun(int run) {
        RunHeap.INSTANCE.lock();
        try {
            // Who takes a run out of a slot, or resizes one, makes it live without the lock, its bytes first: so they
            // are read after its word. Bytes newer than the word fit it, too: no other length comes without the lock.
            long word = Run.wordAcquire(run);
            runKind = Run.kindOf(word);
            runLength = Run.lengthOf(word);
            runBytes = Run.value(run);
        } finally {
            RunHeap.INSTANCE.unlock();
        }
    }

    // ---- large=strict

    private void visitMappings(long from, long to) throws IOException {
        StrictMappings.Walk mappings = new StrictMappings.Walk(from);
        while (mappings.next() && mappings.address() < to) {
            visitor.block(mappings.address(), mappings.bytes(), StrictMappings.mapped(mappings.bytes()));
        }
    }
}
