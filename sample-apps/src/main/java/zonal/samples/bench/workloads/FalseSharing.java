package zonal.samples.bench.workloads;

/**
 * cache-scratch and cache-thrash: each thread takes a tiny block, writes and reads it much, and frees it. Slow where blocks of different
 * threads share a cache line. In cache-scratch each thread starts with the free of a block that the first thread took beside the others':
 * an allocator that hands it back to the thread that freed it shares lines from then on. (The originals write to each block hundreds of
 * thousands of times, and so tell of nothing but the sharing.) One operation: one block.
 */
@SuppressWarnings("removal")
final class FalseSharing implements Workload {
    private static final int BYTES = 8;
    private static final int WRITES = 100;

    private final boolean scratch;

    FalseSharing(boolean scratch) {
        this.scratch = scratch;
    }

    @Override
    public long run(long operations) throws InterruptedException {
        long each = Math.max(OneThread.BATCH, Math.ceilDiv(operations, Team.THREADS));
        long[] gifts = new long[Team.THREADS];
        for (int i = 0; scratch && i < gifts.length; i++) {
            gifts[i] = Blocks.take(BYTES);
        }
        Team.run(Team.THREADS, member -> {
            if (scratch) {
                Blocks.give(gifts[member], BYTES);
            }
            OneThread work = FalseSharing::work;
            work.run(each);
        });
        return each * Team.THREADS;
    }

    private static void work(int operations) {
        for (int i = 0; i < operations; i++) {
            long address = Blocks.UNSAFE.allocateMemory(BYTES);
            Blocks.UNSAFE.putLong(address, 0);
            for (int j = 0; j < WRITES; j++) {
                // Volatile: not to be merged into one.
                Blocks.UNSAFE.putLong(address, Blocks.UNSAFE.getLongVolatile(null, address) + 1);
            }
            if (Blocks.UNSAFE.getLong(address) != WRITES) {
                throw new WrongStampException(address, BYTES, WRITES);
            }
            Blocks.UNSAFE.freeMemory(address);
        }
    }
}
