package zonal.allocator;

import java.util.SplittableRandom;

/** Compares what the allocator says of its memory with what the system says, {@code main(options)}, in a JVM of its own. */
final class AccountingRun {

    private static final int BLOCKS = 200_000;
    private static final long SEED = 42;

    private AccountingRun() {}

    public static void main(String[] args) throws InterruptedException {
        ChildJvm.configure();
        Allocator.start();
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
