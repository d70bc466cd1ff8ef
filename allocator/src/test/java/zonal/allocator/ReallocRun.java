package zonal.allocator;

/** Does what {@link ReallocTest} measures: {@code main(what)}, in a JVM of its own. */
final class ReallocRun {

    private static final int MIB = 1 << 20;

    private ReallocRun() {}

    public static void main(String[] args) {
        ChildJvm.configure();
        Allocator.start();
        switch (args[0]) {
            case "in-place" -> growInPlace();
            case "among-neighbours" -> growAmongNeighbours();
            case "again" -> growAgain();
            case "room" -> growTwice(4 * MIB, false);
            case "clean-room" -> growTwice(20 * MIB, true);
            case "dirty-room" -> growBesideDirty();
            case "shrink" -> shrink(args[1].equals("moved"));
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static void growInPlace() {
        Allocator.free(Allocator.realloc(Allocator.malloc(16 * MIB), 128L * MIB));
        printGrowth(Allocator.malloc(16 * MIB));
    }

    private static void growAmongNeighbours() {
        Allocator.free(Allocator.realloc(Allocator.malloc(16 * MIB), 128L * MIB));
        long block = Allocator.malloc(16 * MIB);
        long neighbour = Allocator.malloc(16 * MIB);
        printGrowth(block);
        Allocator.free(neighbour);
    }

    private static void printGrowth(long block) {
        fill(block, 0, 16 * MIB);
        long faults = SystemView.minorFaults();
        long rss = SystemView.statusKib("VmRSS");
        long grown = Allocator.realloc(block, 128L * MIB);
        System.out.println("faults=" + (SystemView.minorFaults() - faults));
        System.out.println("kib=" + (SystemView.statusKib("VmRSS") - rss));
        requireFilled(grown, 16 * MIB);
        Memory.putByte(grown + 127L * MIB, (byte) 1);
        Allocator.free(grown);
    }

    /** A block that is in another's way grows to where it would just fit, dirty or clean, and then once more. */
    private static void growTwice(long bytes, boolean clean) {
        long block = Allocator.malloc(bytes);
        Allocator.malloc(bytes);
        long hole = Allocator.malloc(2 * bytes);
        Allocator.malloc(bytes);
        Allocator.free(hole);
        if (clean) {
            Housekeeper.purge(Long.MAX_VALUE);
        }
        long moved = Allocator.realloc(block, 2 * bytes);
        long grown = Allocator.realloc(moved, 4 * bytes);
        System.out.println("moved=" + (moved == block ? 0 : 1));
        System.out.println("moved-again=" + (grown == moved ? 0 : 1));
        HeapCheck.quiet();
    }

    /** A block whose OS pages move, and so would take the place of what is in memory already, where there is room for it. */
    private static void growBesideDirty() {
        long block = Allocator.malloc(8L * MIB);
        Allocator.malloc(40_000);
        long hole = Allocator.malloc(32L * MIB);
        Allocator.malloc(40_000);
        Allocator.free(hole);
        long moved = Allocator.realloc(block, 16L * MIB);
        System.out.println("moved=" + (moved == block ? 0 : 1));
        System.out.println("left=" + (moved >= hole && moved < hole + 32L * MIB ? 0 : 1));
    }

    /** Moves one block twice, and makes sure that its neighbour is in the way each time. */
    private static void growAgain() {
        growAmongNeighbours();
        long block = Allocator.malloc(8 * MIB);
        fill(block, 0, 8 * MIB);
        long written = 8 * MIB;
        for (long bytes = 32L * MIB; bytes <= 128L * MIB; bytes <<= 1) {
            // Between two steps the block is filled to its end, and what it could grow into is taken.
            long faults = SystemView.minorFaults();
            long old = block;
            block = Allocator.realloc(block, bytes);
            System.out.println("faults-" + (bytes >> 20) + "=" + (SystemView.minorFaults() - faults));
            System.out.println("moved-" + (bytes >> 20) + "=" + (block == old ? 0 : 1));
            requireFilled(block, written);
            fill(block, written, bytes);
            written = bytes;
            int behind = RunHeap.index(block + bytes);
            if (behind < RunHeap.INSTANCE.committedPages() && Run.kind(behind) == Run.CLEAN) {
                Allocator.malloc((long) Run.length(behind) << SystemCalls.OS_PAGE_SHIFT);
            }
        }
        HeapCheck.quiet();
        Allocator.free(block);
        HeapCheck.quiet();
    }

    /** Shrinks a block that was written to its end. */
    private static void shrink(boolean moved) {
        long block = Allocator.malloc(16L * MIB);
        long neighbour = Allocator.malloc(16L * MIB);
        block = Allocator.realloc(block, moved ? 64L * MIB : 16L * MIB);
        long bytes = moved ? 64L * MIB : 16L * MIB;
        fill(block, 0, bytes);
        long before = Statistics.read().residentBytes();
        block = Allocator.realloc(block, MIB);
        Housekeeper.purge(Long.MAX_VALUE);
        System.out.println("given-back=" + (before - Statistics.read().residentBytes()));
        requireFilled(block, MIB);
        HeapCheck.quiet();
        Allocator.free(block);
        Allocator.free(neighbour);
        HeapCheck.quiet();
    }

    private static void fill(long block, long from, long to) {
        for (long at = from; at < to; at += 4096) {
            Memory.putLong(block + at, at);
        }
    }

    private static void requireFilled(long block, long to) {
        for (long at = 0; at < to; at += 4096) {
            if (Memory.getLong(block + at) != at) {
                throw new AssertionError("byte " + at + " was lost");
            }
        }
    }
}
