package zonal.samples.bench.workloads;

/**
 * A buffer that grows by a quarter at a time from 1 KiB to 8 MiB, beside a second one that does the same, so that neither can always grow
 * where it lies. What they grow by is written. One operation: both buffers' growth and their frees, 2 x 41 reallocations.
 */
final class Growth implements Workload.OneThread {
    private static final long FIRST_BYTES = 1 << 10;
    private static final long LAST_BYTES = 8 << 20;

    @Override
    public void batch(int operations) {
        for (int i = 0; i < operations; i++) {
            grow();
        }
    }

    private static void grow() {
        long bytes = FIRST_BYTES;
        long one = Blocks.take(bytes);
        long other = Blocks.take(bytes);
        while (bytes < LAST_BYTES) {
            long more = Math.min(LAST_BYTES, bytes + bytes / 4);
            one = grown(one, bytes, more);
            other = grown(other, bytes, more);
            bytes = more;
        }
        Blocks.give(one, bytes);
        Blocks.give(other, bytes);
    }

    private static long grown(long address, long bytes, long more) {
        long moved = Blocks.resize(address, bytes, more);
        Blocks.fill(moved + bytes, more - bytes, (byte) more);
        return moved;
    }
}
