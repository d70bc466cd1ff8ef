package zonal.allocator;

import java.util.SplittableRandom;

/** Reads the allocator's counts, {@code main(case)}, in a JVM of its own. */
final class AccountingRun {

    private static final int BLOCKS = 200_000;
    private static final int KEPT = 5_000;
    private static final long SEED = 42;

    /** Bytes of a run that a thread keeps. */
    static final long KEPT_RUN = 64 << 10;

    private AccountingRun() {}

    public static void main(String[] args) {
        ChildJvm.configure();
        Allocator.start();
        switch (args[0]) {
            case "memory" -> compareMemory();
            case "moves" -> countWhileBlocksMove();
            case "kept-run" -> keepRun();
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    /** Compares what the allocator says of its memory with what the system says. */
    private static void compareMemory() {
        compare("started");
        SplittableRandom random = new SplittableRandom(SEED);
        long[] blocks = new long[BLOCKS];
        for (int i = 0; i < BLOCKS; i++) {
            // Half of them up to 256 bytes, the others up to 4 KiB; one in a thousand up to 400 KiB, and not written
            // to.
            int bytes = 1 + random.nextInt(i % 1_000 == 0 ? 400 << 10 : i % 2 == 0 ? 256 : 4 << 10);
            blocks[i] = Allocator.malloc(bytes);
            for (int at = 0; at < bytes && i % 1_000 != 0; at += 512) {
                Memory.putByte(blocks[i] + at, (byte) 1);
            }
        }
        compare("full");
        for (int i = 0; i < BLOCKS; i++) {
            if (random.nextInt(10) != 0) {
                Allocator.free(blocks[i]);
                blocks[i] = 0;
            }
        }
        compare("freed");
        Housekeeper.purge(Long.MAX_VALUE);
        compare("purged");
        for (long block : blocks) {
            Allocator.free(block);
        }
        compare("empty");
    }

    /** What a thread's cache has more once the thread has freed a run; of an allocator that samples none, for a sampled run is not kept. */
    private static void keepRun() {
        OwnCache.get();
        OwnCache.drain();
        long before = Statistics.read().threadCacheBytes();
        Allocator.free(Allocator.malloc(KEPT_RUN));
        System.out.println("kept=" + (Statistics.read().threadCacheBytes() - before));
    }

    /** Counts live blocks over and over while the housekeeper gives back what lies in depots, and nobody calls. */
    private static void countWhileBlocksMove() {
        long[] blocks = new long[BLOCKS];
        long least = Long.MAX_VALUE;
        long most = 0;
        for (int round = 0; round < 10; round++) {
            for (int i = 0; i < BLOCKS; i++) {
                blocks[i] = Allocator.malloc(100 + i % 50 * 16); // in fifty classes
            }
            for (int i = KEPT; i < BLOCKS; i++) {
                Allocator.free(blocks[i]);
            }
            for (long until = Housekeeper.now() + 3; Housekeeper.now() < until; ) {
                long live = Statistics.recent().liveBlocks();
                least = Math.min(least, live);
                most = Math.max(most, live);
            }
            for (int i = 0; i < KEPT; i++) {
                Allocator.free(blocks[i]);
            }
        }
        System.out.println("least-live=" + least);
        System.out.println("most-live=" + most);
    }

    private static void compare(String when) {
        Statistics said = Statistics.read();
        long zones = 0;
        for (ZoneStatistics zone : said.zones()) {
            System.out.println(when + "-" + zone.name() + "=" + zone.residentBytes());
            zones += zone.residentBytes();
        }
        System.out.println(when + "-cached=" + said.cachedBytes());
        System.out.println(when + "-metadata=" + said.metadataBytes());
        System.out.println(when + "-resident=" + (zones + said.cachedBytes() + said.metadataBytes()));
        System.out.println(when + "-mapped=" + said.mappedBytes());
        System.out.println(when + "-caches=" + said.threadCacheBytes());
        System.out.println(when + "-system-mapped=" + SystemView.smaps("Size", Range.BASE, Range.END));
        System.out.println(when + "-system-resident=" + SystemView.smaps("Rss", Range.BASE, Range.END));
    }
}
