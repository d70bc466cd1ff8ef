package zonal.samples.bench.workloads;

/** A block is taken, written, read and freed, and then the next one of the same size. One operation: one such pair of calls. */
@SuppressWarnings("removal")
final class Pair implements Workload.OneThread {
    private final long bytes;

    Pair(long bytes) {
        this.bytes = bytes;
    }

    @Override
    public void batch(int operations) {
        for (int i = 0; i < operations; i++) {
            long address = Blocks.UNSAFE.allocateMemory(bytes);
            Blocks.UNSAFE.putLong(address, address);
            if (Blocks.UNSAFE.getLong(address) != address) {
                throw new WrongStampException(address, bytes, address);
            }
            Blocks.UNSAFE.freeMemory(address);
        }
    }
}
