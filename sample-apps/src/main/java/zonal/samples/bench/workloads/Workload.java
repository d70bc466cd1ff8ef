package zonal.samples.bench.workloads;

/** A way of using off-heap memory. Made once in its JVM, run many times, then closed. */
public interface Workload extends AutoCloseable {
    /**
     * Does at least so many operations, and checks every block that it frees.
     *
     * @return how many operations were done
     */
    long run(long operations) throws InterruptedException;

    /** Frees every block that is still held. */
    @Override
    default void close() {}

    /** A workload of one thread, in batches that the JIT compiles as any other method. */
    interface OneThread extends Workload {
        int BATCH = 1_000;

        /** At most {@link #BATCH} operations. */
        void batch(int operations);

        @Override
        default long run(long operations) {
            long left = operations;
            while (left > 0) {
                int batch = (int) Math.min(BATCH, left);
                batch(batch);
                left -= batch;
            }
            return operations;
        }
    }
}
