package zonal.allocator;

import java.io.IOException;
import java.util.Arrays;

/**
 * {@code show_alloc_mem}: each live block by zone, addresses ascending, sizes as requested.
 *
 * <p>The text is written as it is found, page by page. A page's map is copied under the lock of its heap, some hundred nanoseconds,
 * and the copy is read: other threads go on allocating, and each line is true of one moment, block by block. The listing as a whole is not of
 * one moment.
 */
public final class AllocationDump {

    private static final int EXCERPT_BYTES = 16;

    private final Appendable out;
    private final boolean extended;
    private final StringBuilder line = new StringBuilder(160);
    private final byte[] entries = new byte[Page.GRANULES * 2];
    private final long[] wasteByClass = new long[SizeClasses.COUNT];
    private final long[] blocksByClass = new long[SizeClasses.COUNT];
    private long total;

    private AllocationDump(Appendable out, boolean extended) {
        this.out = out;
        this.extended = extended;
    }

    /**
     * Writes the listing.
     *
     * @param extended adds a hex dump of each block's first bytes, the free space page by page and the waste by class
     * @throws IOException if {@code out} throws it
     */
    public static void write(Appendable out, boolean extended) throws IOException {
        new AllocationDump(out, extended).write();
    }

    private void write() throws IOException {
        for (Zone zone : Zone.ALL) {
            writeZone(zone);
        }
        line.append("Total : ").append(total).append(" bytes\n");
        emit();
        if (extended) {
            writeFreeSpace();
            writeWaste();
        }
    }

    private void writeZone(Zone zone) throws IOException {
        long[] strict = zone == Zone.LARGE ? strictBlocks() : new long[0];
        long first = firstAddress(zone);
        if (strict.length > 0 && (first == 0 || strict[0] < first)) {
            first = strict[0];
        }
        if (first == 0) {
            return;
        }
        line.append(zone.name()).append(" : 0x");
        hex(first);
        line.append('\n');
        emit();
        int below = 0;
        while (below < strict.length && strict[below] < Range.BASE) {
            below += 2;
        }
        writeStrict(strict, 0, below);
        writePages(PageArea.FINE, zone);
        writePages(PageArea.COARSE, zone);
        if (zone == Zone.LARGE) {
            writeRuns();
        }
        writeStrict(strict, below, strict.length);
    }

    /** Where the zone's first page, or its first block of its own, starts; 0 if it has none. */
    private long firstAddress(Zone zone) {
        for (PageArea area : new PageArea[] {PageArea.FINE, PageArea.COARSE}) {
            for (int i = 0; i < area.pageCount(); i++) {
                int owner = Page.owner(area.page(i));
                if (owner != Page.FREE_PAGE && PageHeap.all()[owner].zone == zone) {
                    return area.data(i);
                }
            }
        }
        return zone == Zone.LARGE ? firstRun() : 0;
    }

    private static long firstRun() {
        RunHeap runs = RunHeap.INSTANCE;
        runs.lock();
        try {
            for (int run = 0; run < runs.committedPages(); run += Run.length(run)) {
                if (Run.kind(run) == Run.LIVE) {
                    return Run.address(run);
                }
            }
            return 0;
        } finally {
            runs.unlock();
        }
    }

    // ---- blocks

    private void writePages(PageArea area, Zone zone) throws IOException {
        PageHeap[] heaps = PageHeap.all();
        for (int i = 0; i < area.pageCount(); i++) {
            int owner = Page.owner(area.page(i));
            if (owner != Page.FREE_PAGE && heaps[owner].zone == zone && copyEntries(area, i, heaps[owner])) {
                writePage(area, i);
            }
        }
    }

    private boolean copyEntries(PageArea area, int index, PageHeap heap) {
        long from = area.entries(index);
        int bytes = Page.GRANULES << area.entryShift;
        heap.lock();
        try {
            if (Page.owner(area.page(index)) != heap.index) {
                return false;
            }
            for (int i = 0; i < bytes; i += 8) {
                long word = Memory.getLong(from + i);
                for (int b = 0; b < 8; b++) {
                    entries[i + b] = (byte) (word >>> (b << 3));
                }
            }
            return true;
        } finally {
            heap.unlock();
        }
    }

    private void writePage(PageArea area, int index) throws IOException {
        long data = area.data(index);
        boolean fine = area == PageArea.FINE;
        int granule = 0;
        while (granule < Page.GRANULES) {
            int at = granule << area.entryShift;
            int first = fine ? entries[at] & 0xff : (entries[at] & 0xff) | (entries[at + 1] & 0xff) << 8;
            if (first == 0) {
                granule++;
                continue;
            }
            int sizeClass;
            boolean live;
            int slack;
            if (fine) {
                sizeClass = (first & BlockMap.FINE_SINGLE) != 0 ? 1 : entries[at + 1] & 0xff;
                live = (first & BlockMap.FINE_LIVE) != 0;
                slack = first & BlockMap.FINE_SLACK;
            } else {
                sizeClass = entries[at + 2] & 0xff;
                live = (first & BlockMap.COARSE_LIVE) != 0;
                slack = first & BlockMap.COARSE_SLACK;
            }
            int size = SizeClasses.size(sizeClass);
            if (live) {
                blocksByClass[sizeClass]++;
                wasteByClass[sizeClass] += slack;
                writeBlock(data + ((long) granule << area.granuleShift), size - slack);
            }
            granule += size >> area.granuleShift;
        }
    }

    private void writeRuns() throws IOException {
        RunHeap runs = RunHeap.INSTANCE;
        int run = 0;
        while (run < runs.committedPages()) {
            int kind;
            long bytes;
            int length;
            runs.lock();
            try {
                kind = Run.kind(run);
                bytes = Run.value(run);
                length = Run.length(run);
            } finally {
                runs.unlock();
            }
            if (kind == Run.LIVE) {
                writeBlock(Run.address(run), bytes);
            }
            // What was the start of a run may have been coalesced since: then the walk goes on OS page by OS page to
            // the next.
            run += Run.isStart(kind) ? length : 1;
        }
    }

    private static long[] strictBlocks() {
        long[][] found = {new long[64]};
        int[] count = {0};
        StrictMappings.INSTANCE.forEach((address, bytes) -> {
            if (count[0] == found[0].length) {
                found[0] = Arrays.copyOf(found[0], count[0] * 2);
            }
            found[0][count[0]++] = address;
            found[0][count[0]++] = bytes;
        });
        Integer[] order = new Integer[count[0] / 2];
        Arrays.setAll(order, i -> i * 2);
        Arrays.sort(order, (a, b) -> Long.compare(found[0][a], found[0][b]));
        long[] sorted = new long[count[0]];
        for (int i = 0; i < order.length; i++) {
            sorted[2 * i] = found[0][order[i]];
            sorted[2 * i + 1] = found[0][order[i] + 1];
        }
        return sorted;
    }

    private void writeStrict(long[] blocks, int from, int to) throws IOException {
        for (int i = from; i < to; i += 2) {
            writeLine(blocks[i], blocks[i + 1]);
            total += blocks[i + 1];
        }
    }

    private void writeBlock(long address, long bytes) throws IOException {
        writeLine(address, bytes);
        total += bytes;
        if (extended) {
            // Memory of the range stays accessible whatever happens to the block: the bytes may be another's by now, no
            // more.
            writeExcerpt(address, (int) Math.min(bytes, EXCERPT_BYTES));
        }
    }

    private void writeLine(long address, long bytes) throws IOException {
        line.append("0x");
        hex(address);
        line.append(" - 0x");
        hex(address + bytes);
        line.append(" : ").append(bytes).append(" bytes\n");
        emit();
    }

    private void writeExcerpt(long address, int bytes) throws IOException {
        line.append("   ");
        for (int i = 0; i < bytes; i++) {
            int value = Memory.getByte(address + i) & 0xff;
            line.append(' ').append(digit(value >>> 4)).append(digit(value & 15));
        }
        line.append("  |");
        for (int i = 0; i < bytes; i++) {
            int value = Memory.getByte(address + i) & 0xff;
            line.append(value >= 32 && value < 127 ? (char) value : '.');
        }
        line.append("|\n");
        emit();
    }

    // ---- free space and waste

    private void writeFreeSpace() throws IOException {
        line.append("Free space, page by page\n");
        for (PageArea area : new PageArea[] {PageArea.FINE, PageArea.COARSE}) {
            for (int i = 0; i < area.pageCount(); i++) {
                long page = area.page(i);
                int owner = Page.owner(page);
                if (owner != Page.FREE_PAGE) {
                    line.append(PageHeap.all()[owner].zone.name()).append(" page 0x");
                    hex(area.data(i));
                    line.append(" : ").append((long) Page.free(page) << area.granuleShift);
                    line.append(" of ").append(1L << area.pageShift).append(" bytes free, longest run at most ");
                    line.append((long) Page.longest(page) << area.granuleShift).append(" bytes, ");
                    line.append(Page.blocks(page)).append(" blocks\n");
                    emit();
                }
            }
            line.append(area.freePageCount())
                    .append(" free pages of ")
                    .append(1L << area.pageShift)
                    .append(" bytes\n");
            emit();
        }
        line.append("Runs kept : ").append(RunHeap.INSTANCE.dirtyBytes()).append(" bytes\n");
        emit();
    }

    private void writeWaste() throws IOException {
        line.append("Waste by class\n");
        for (int c = 1; c < SizeClasses.COUNT; c++) {
            if (blocksByClass[c] > 0) {
                line.append(SizeClasses.size(c))
                        .append(" bytes : ")
                        .append(blocksByClass[c])
                        .append(" blocks, ");
                line.append(wasteByClass[c]).append(" bytes rounded up\n");
                emit();
            }
        }
    }

    // ---- text

    private void hex(long value) {
        int shift = (63 - Long.numberOfLeadingZeros(value | 1)) & ~3;
        for (; shift >= 0; shift -= 4) {
            line.append(digit((int) (value >>> shift) & 15));
        }
    }

    private static char digit(int value) {
        return (char) (value < 10 ? '0' + value : 'a' + value - 10);
    }

    private void emit() throws IOException {
        out.append(line);
        line.setLength(0);
    }
}
