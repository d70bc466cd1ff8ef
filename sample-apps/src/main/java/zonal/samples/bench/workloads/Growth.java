package zonal.samples.bench.workloads;

/**
 * A buffer that grows by a quarter at a time from 1 KiB to 8 MiB, beside a second one that does the same, so that neither can always grow
 * where it lies. Only their ends are written to: the time is that of the moving, and there is little of it where nothing moves. One operation:
 * both buffers' growth and their frees, 2 x 41 reallocations.
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
            one = Blocks.resize(one, bytes, more);
            other = Blocks.resize(other, bytes, more);
            bytes = more;
        }
        Blocks.give(one, bytes);
        Blocks.give(other, bytes);
    }
}
