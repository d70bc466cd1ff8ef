package zonal.samples.bench.workloads;

/**
 * A random slot's block is freed and one of a random size taken, all sizes alike. Nothing is written but the stamps, so of blocks longer than
 * an OS page not all is resident. One operation: one slot.
 */
final class Churn implements Workload.OneThread {
    private final Slots slots;
    private final int mostBytes;
    private final Dice dice = new Dice(1);

    Churn(int mostBytes, int slots) {
        this.slots = new Slots(slots);
        this.mostBytes = mostBytes;
        for (int slot = 0; slot < slots; slot++) {
            this.slots.take(slot, dice.between(1, mostBytes));
        }
    }

    @Override
    public void batch(int operations) {
        for (int i = 0; i < operations; i++) {
            slots.replace(dice.below(slots.count()), dice.between(1, mostBytes));
        }
    }

    @Override
    public void close() {
        slots.clear();
    }
}
