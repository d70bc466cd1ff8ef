package zonal.samples.bench.workloads;

/**
 * A cache of 200,000 entries of up to 64 KiB, most of them small, some of them far more in demand than others. One operation: an entry is
 * replaced by one of another size, which is written whole.
 */
final class Cache implements Workload.OneThread {
    private static final int ENTRIES = 200_000;

    private final Slots entries = new Slots(ENTRIES);
    private final Dice dice = new Dice(2);

    Cache() {
        for (int entry = 0; entry < ENTRIES; entry++) {
            replace(entry);
        }
    }

    @Override
    public void batch(int operations) {
        for (int i = 0; i < operations; i++) {
            replace(dice.skewedBelow(ENTRIES));
        }
    }

    /** What nobody writes is not resident: without the writing, the allocator that never uses memory again would hold the least. */
    private void replace(int entry) {
        int bytes = size();
        entries.replace(entry, bytes);
        Blocks.fill(entries.address(entry), bytes, (byte) entry);
    }

    @Override
    public void close() {
        entries.clear();
    }

    /** 80 % up to 128 bytes, 15 % up to 1 KiB, 4.5 % up to 8 KiB, 0.5 % up to 64 KiB. */
    private int size() {
        int permille = dice.below(1_000);
        if (permille < 800) {
            return dice.between(16, 128);
        }
        if (permille < 950) {
            return dice.between(129, 1_024);
        }
        return permille < 995 ? dice.between(1_025, 8 << 10) : dice.between((8 << 10) + 1, 64 << 10);
    }
}
