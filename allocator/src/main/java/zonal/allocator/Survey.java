package zonal.allocator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * A picture of the memory, from one walk over the live blocks: how full each page is, how big the blocks are, and which are the largest. Other
 * threads go on allocating meanwhile: it is true block by block, not of one moment.
 *
 * @param maps the pages, for each zone and kind of page
 * @param sizes the blocks by requested size, each doubling a bin; empty bins are left out
 * @param largest the largest blocks, the largest first; of one size those that were sampled come first, and then the lower addresses
 */
public record Survey(List<PageMap> maps, List<SizeBin> sizes, List<LargeBlock> largest) {

    /**
     * The pages of one kind in one zone.
     *
     * @param zone TINY, SMALL or LARGE
     * @param runs whether these are parts of the run area, whose blocks are OS pages; else each is a page that blocks are split off
     * @param pageBytes bytes of a page, or of a part
     * @param livePercent for each page, in the order of addresses, how much of it live blocks take, 0 to 100; or {@link #NOT_IN_MEMORY}
     */
    public record PageMap(String zone, boolean runs, long pageBytes, List<Integer> livePercent) {
        /** No live block lies there, and the system backs nothing of it: it costs addresses only. */
        public static final int NOT_IN_MEMORY = -1;
    }

    /**
     * Blocks of like size.
     *
     * @param most largest requested size of the bin, bytes; more than half of it is the smallest
     * @param blocks live blocks
     * @param requested requested bytes of them
     * @param usable bytes that they hold: what is more than requested is lost to rounding
     */
    public record SizeBin(long most, long blocks, long requested, long usable) {}

    /**
     * One block.
     *
     * @param zone TINY, SMALL or LARGE
     * @param address where it starts
     * @param bytes as requested
     * @param sample what is known of it if it was sampled, else null
     */
    public record LargeBlock(
            String zone, long address, long bytes, @Nullable SampledBlock sample) {}

    private static final int BINS = 64;
    private static final long RUN_PART = 256 << 10;

    /** Reads it all; {@code most} is how many of the largest blocks are wanted. */
    public static Survey read(int most) {
        Allocator.start(); // the walk begins with the pages that there are
        Walk walk = new Walk(most);
        try {
            LiveBlocks.visit(walk);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // the visitor throws none
        }
        return new Survey(walk.maps(), walk.sizes(), walk.largest());
    }

    private static final class Walk implements BlockVisitor {
        /**
         * The first is the one to do without. Blocks of one size are as good as each other but for their samples: an application that takes all its
         * memory in equal segments would have a list that tells nothing of any.
         */
        private final Comparator<LargeBlock> leastFirst = Comparator.comparingLong(LargeBlock::bytes)
                .thenComparing(block -> block.sample() != null)
                .thenComparing(LargeBlock::address, Comparator.reverseOrder());

        private final int most;
        private final PriorityQueue<LargeBlock> largest = new PriorityQueue<>(leastFirst);
        private final long[] blocks = new long[BINS];
        private final long[] requested = new long[BINS];
        private final long[] usableBytes = new long[BINS];
        private final long[] fine = new long[PageArea.FINE.pageCount()];
        private final long[] coarse = new long[PageArea.COARSE.pageCount()];
        private final long[] runs = new long[(int) (runBytes() / RUN_PART) + 1];
        private Zone zone = Zone.TINY;

        Walk(int most) {
            this.most = most;
        }

        private static long runBytes() {
            return (long) RunHeap.INSTANCE.committedPages() << SystemCalls.OS_PAGE_SHIFT;
        }

        @Override
        public void zone(Zone next, long address) {
            zone = next;
        }

        @Override
        public void block(long address, long bytes, long usable) {
            int bin = BINS - Long.numberOfLeadingZeros(bytes - 1);
            blocks[bin]++;
            requested[bin] += bytes;
            usableBytes[bin] += usable;
            noteLargest(address, bytes);
            if (RunHeap.contains(address)) {
                fillRuns(address - Range.RUNS_BASE, usable);
            } else if (Range.contains(address)) {
                boolean isFine =
                        address - Range.FINE_BASE >= 0 && address - Range.FINE_BASE < PageArea.FINE.committed();
                add(isFine ? fine : coarse, pageOf(isFine ? PageArea.FINE : PageArea.COARSE, address), usable);
            }
        }

        private void noteLargest(long address, long bytes) {
            LargeBlock least = largest.size() < most ? null : largest.peek();
            if (most == 0 || (least != null && bytes < least.bytes())) {
                return;
            }
            LargeBlock block = new LargeBlock(zone.name(), address, bytes, Sampler.at(address, bytes));
            if (least == null || leastFirst.compare(block, least) > 0) {
                largest.add(block);
            }
            if (largest.size() > most) {
                largest.remove();
            }
        }

        private static int pageOf(PageArea area, long address) {
            return (int) ((address - area.data(0)) >>> area.pageShift);
        }

        /** Pages that came after the walk began are passed by. */
        private static void add(long[] pages, int page, long bytes) {
            if (page < pages.length) {
                pages[page] += bytes;
            }
        }

        private void fillRuns(long offset, long bytes) {
            long at = offset;
            while (at < offset + bytes) {
                long next = Math.min(offset + bytes, (at / RUN_PART + 1) * RUN_PART);
                add(runs, (int) (at / RUN_PART), next - at);
                at = next;
            }
        }

        List<PageMap> maps() {
            List<PageMap> maps = new ArrayList<>();
            for (Zone each : Zone.ALL) {
                addMap(maps, each, PageArea.FINE, fine);
                addMap(maps, each, PageArea.COARSE, coarse);
            }
            List<Integer> parts = new ArrayList<>();
            for (int i = 0; i < runs.length && i * RUN_PART < runBytes(); i++) {
                parts.add(percent(
                        runs[i], Range.RUNS_BASE + i * RUN_PART, Math.min(RUN_PART, runBytes() - i * RUN_PART)));
            }
            if (!parts.isEmpty()) {
                maps.add(new PageMap(Zone.LARGE.name(), true, RUN_PART, parts));
            }
            return maps;
        }

        private static void addMap(List<PageMap> maps, Zone zone, PageArea area, long[] live) {
            List<Integer> percent = new ArrayList<>();
            for (int i = 0; i < live.length; i++) {
                int owner = area.owner(i);
                if (owner != Page.FREE_PAGE && PageHeap.all()[owner].zone == zone) {
                    percent.add(percent(live[i], area.data(i), 1L << area.pageShift));
                }
            }
            if (!percent.isEmpty()) {
                maps.add(new PageMap(zone.name(), false, 1L << area.pageShift, percent));
            }
        }

        /** Rounded up, so that 0 is a page without any live block. */
        private static int percent(long live, long address, long bytes) {
            if (live == 0 && ResidentMemory.bytes(address, bytes) == 0) {
                return PageMap.NOT_IN_MEMORY;
            }
            return (int) Math.min(100, (live * 100 + bytes - 1) / bytes);
        }

        List<SizeBin> sizes() {
            List<SizeBin> sizes = new ArrayList<>();
            for (int i = 0; i < BINS; i++) {
                if (blocks[i] > 0) {
                    sizes.add(new SizeBin(1L << i, blocks[i], requested[i], usableBytes[i]));
                }
            }
            return sizes;
        }

        List<LargeBlock> largest() {
            List<LargeBlock> sorted = new ArrayList<>(largest);
            sorted.sort(leastFirst.reversed());
            return sorted;
        }
    }
}
