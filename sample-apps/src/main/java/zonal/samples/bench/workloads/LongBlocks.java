package zonal.samples.bench.workloads;

/** long-blocks: a random one of 40 blocks is freed, one of 1 to 8 MiB taken, and written to on each OS page. One operation: one block. */
final class LongBlocks implements Workload.OneThread {
    private static final int SLOTS = 40;
    private static final int LEAST_BYTES = 1 << 20;
    private static final int MOST_BYTES = 8 << 20;

    private final Slots slots = new Slots(SLOTS);
    private final Dice dice = new Dice(6);

    @Override
    public void batch(int operations) {
        for (int i = 0; i < operations; i++) {
            int slot = dice.below(SLOTS);
            slots.replace(slot, dice.between(LEAST_BYTES, MOST_BYTES));
            Blocks.touch(slots.address(slot), slots.bytes(slot));
        }
    }

    @Override
    public void close() {
        slots.clear();
    }
}
