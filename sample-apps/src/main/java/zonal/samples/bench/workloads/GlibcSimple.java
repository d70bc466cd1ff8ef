package zonal.samples.bench.workloads;

/**
 * glibc's simple benchmark: 25, 100, 400 or 1,600 blocks of 16, 32 or 64 bytes are taken, then half of them freed first in first out, half
 * last in first out. All bytes are written, and as many blocks come in batches of one length as of another. One operation: one block.
 */
final class GlibcSimple implements Workload {
    private static final int[] SIZES = {16, 32, 64};
    private static final int[] COUNTS = {25, 100, 400, 1_600};

    private final long[] blocks = new long[COUNTS[COUNTS.length - 1]];

    @Override
    public long run(long operations) {
        long done = 0;
        while (done < operations) {
            for (int bytes : SIZES) {
                for (int count : COUNTS) {
                    for (int taken = 0; taken < blocks.length; taken += count) {
                        takeAndGive(count, bytes);
                    }
                    done += blocks.length;
                }
            }
        }
        return done;
    }

    private void takeAndGive(int count, int bytes) {
        for (int i = 0; i < count; i++) {
            blocks[i] = Blocks.take(bytes);
            Blocks.fill(blocks[i], bytes, (byte) i);
        }
        for (int i = 0; i < count / 2; i++) {
            Blocks.give(blocks[i], bytes);
        }
        for (int i = count - 1; i >= count / 2; i--) {
            Blocks.give(blocks[i], bytes);
        }
    }
}
