package zonal.samples.bench.workloads;

/**
 * malloc-large without its writes: a random one of 20 blocks is freed and one of 5 to 25 MiB taken. The original fills each with zeroes, for
 * milliseconds that are no allocator's; {@link LongBlocks} writes. One operation: one block.
 */
final class MallocLarge implements Workload.OneThread {
    private static final int SLOTS = 20;
    private static final int LEAST_BYTES = 5 << 20;
    private static final int MOST_BYTES = 25 << 20;

    private final Slots slots = new Slots(SLOTS);
    private final Dice dice = new Dice(5);

    @Override
    public void batch(int operations) {
        for (int i = 0; i < operations; i++) {
            slots.replace(dice.below(SLOTS), dice.between(LEAST_BYTES, MOST_BYTES));
        }
    }

    @Override
    public void close() {
        slots.clear();
    }
}
