package zonal.allocator;

import java.io.IOException;
import java.io.Writer;
import java.util.concurrent.TimeUnit;

/**
 * {@code show_alloc_mem}: each live block by zone, addresses ascending, sizes as requested.
 *
 * <p>The text is written as the blocks are found, some kilobytes at a time, and takes no Java heap but for one buffer: a million blocks
 * are 55 MB of text. Other threads go on allocating ({@link LiveBlocks} says what they may have to wait for), and each line is true of
 * one moment, block by block. The listing as a whole is not of one moment.
 */
public final class AllocationDump {

    private static final int EXCERPT_BYTES = 16;

    /** No class, for classes are numbered from 1: blocks above all of them. */
    private static final int WHOLE_OS_PAGES = 0;

    private final TextBuffer text;
    private final boolean extended;
    private final byte[] excerpt = new byte[EXCERPT_BYTES];
    private final long[] wasteByClass = new long[SizeClasses.COUNT];
    private final long[] blocksByClass = new long[SizeClasses.COUNT];
    private long total;

    private AllocationDump(Writer out, boolean extended) {
        this.text = new TextBuffer(out);
        this.extended = extended;
    }

    /**
     * Writes the listing. {@code out} needs no buffer of its own, and isn't flushed.
     *
     * @param extended adds a hex dump of each block's first bytes, the free space page by page and the waste by class
     * @throws IOException if {@code out} throws it: then the listing ends there
     */
    public static void write(Writer out, boolean extended) throws IOException {
        new AllocationDump(out, extended).write();
    }

    private void write() throws IOException {
        LiveBlocks.visit(new BlockVisitor() {
            @Override
            public void zone(Zone zone, long address) throws IOException {
                writeZone(zone, address);
            }

            @Override
            public void block(long address, long bytes, long usable) throws IOException {
                writeBlock(address, bytes, usable);
            }
        });
        text.append("Total : ").append(total).append(" bytes\n");
        if (extended) {
            writeFreeSpace();
            writeWaste();
        }
        text.write();
    }

    // ---- blocks

    private void writeZone(Zone zone, long address) throws IOException {
        text.append(zone.name()).append(" : 0x").appendHex(address).append('\n');
    }

    private void writeBlock(long address, long bytes, long usable) throws IOException {
        text.append("0x").appendHex(address).append(" - 0x").appendHex(address + bytes);
        text.append(" : ").append(bytes).append(" bytes\n");
        total += bytes;
        if (extended) {
            writeDetails(address, bytes, usable);
        }
    }

    private void writeDetails(long address, long bytes, long usable) throws IOException {
        SampledBlock sampled = Sampler.at(address, bytes);
        if (sampled != null) {
            writeSampled(sampled);
        }
        int sizeClass = usable <= SizeClasses.MAX ? SizeClasses.of((int) usable) : WHOLE_OS_PAGES;
        blocksByClass[sizeClass]++;
        wasteByClass[sizeClass] += usable - bytes;
        int length = (int) Math.min(bytes, EXCERPT_BYTES);
        if (copyStart(address, length)) {
            writeExcerpt(length);
        }
    }

    /**
     * Copies a block's first bytes; false if it isn't live any more. Memory of pages stays accessible whatever happens to the block: the bytes may be
     * another's by now, no more.
     */
    private boolean copyStart(long address, int length) {
        if (!Range.contains(address)) {
            return StrictMappings.INSTANCE.copyStart(address, excerpt, length);
        }
        if (RunHeap.contains(address)) {
            return RunHeap.INSTANCE.copyStart(address, excerpt, length);
        }
        Memory.copy(address, excerpt, length);
        return true;
    }

    private void writeSampled(SampledBlock sampled) throws IOException {
        text.append("    taken ").append(TimeUnit.NANOSECONDS.toSeconds(sampled.ageNanos()));
        text.append(" s ago by thread ").append(PlainText.of(sampled.thread())).append('\n');
        for (String frame : sampled.texts()) {
            text.append("        at ").append(PlainText.of(frame)).append('\n');
        }
    }

    private void writeExcerpt(int length) throws IOException {
        text.append("   ");
        for (int i = 0; i < length; i++) {
            text.append(' ').appendHexByte(excerpt[i] & 0xff);
        }
        text.append("  |");
        for (int i = 0; i < length; i++) {
            text.append(excerpt[i] >= 32 && excerpt[i] < 127 ? (char) excerpt[i] : '.');
        }
        text.append("|\n");
    }

    // ---- free space and waste

    private void writeFreeSpace() throws IOException {
        text.append("Free space, page by page\n");
        for (PageArea area : new PageArea[] {PageArea.FINE, PageArea.COARSE}) {
            for (int i = 0; i < area.pageCount(); i++) {
                long page = area.page(i);
                int owner = area.owner(i);
                if (owner != Page.FREE_PAGE) {
                    text.append(PageHeap.all()[owner].zone.name())
                            .append(" page 0x")
                            .appendHex(area.data(i));
                    text.append(" : ").append((long) Page.free(page) << area.granuleShift);
                    text.append(" of ").append(1L << area.pageShift).append(" bytes free, longest run at most ");
                    text.append((long) Math.min(Page.longest(page), Page.free(page)) << area.granuleShift)
                            .append(" bytes, live or cached blocks : ")
                            .append(Page.blocks(page))
                            .append('\n');
                }
            }
            text.append("Free pages of ").append(1L << area.pageShift).append(" bytes : ");
            text.append(area.freePageCount()).append('\n');
        }
        text.append("Runs kept : ").append(RunHeap.INSTANCE.dirtyBytes()).append(" bytes\n");
    }

    private void writeWaste() throws IOException {
        text.append("Waste by class\n");
        for (int c = 1; c < SizeClasses.COUNT; c++) {
            if (blocksByClass[c] > 0) {
                text.append(SizeClasses.size(c));
                writeWaste(c);
            }
        }
        if (blocksByClass[WHOLE_OS_PAGES] > 0) {
            text.append("more than ").append(SizeClasses.MAX);
            writeWaste(WHOLE_OS_PAGES);
        }
    }

    private void writeWaste(int sizeClass) throws IOException {
        text.append(" bytes : ").append(blocksByClass[sizeClass]).append(" blocks, ");
        text.append(wasteByClass[sizeClass]).append(" bytes rounded up\n");
    }
}
