package zonal.samples.bench.workloads;

/** Writes to a block at random: each is most often to an OS page that the processor has to look up. One operation: one write. */
@SuppressWarnings("removal")
final class RandomWrites implements Workload.OneThread {
    private static final int STEP = 64;

    private final long address;
    private final long bytes;
    private final Dice dice = new Dice(7);

    RandomWrites(long bytes) {
        this.bytes = bytes;
        address = Blocks.UNSAFE.allocateMemory(bytes);
        for (long at = 0; at < bytes; at += STEP) {
            Blocks.UNSAFE.putLong(address + at, at);
        }
    }

    @Override
    public void batch(int operations) {
        for (int i = 0; i < operations; i++) {
            long at = (long) dice.below((int) (bytes / STEP)) * STEP;
            Blocks.UNSAFE.putLong(address + at, at + i);
        }
    }

    @Override
    public void close() {
        Blocks.UNSAFE.freeMemory(address);
    }
}
