package zonal.samples.bench.workloads;

/**
 * Churn up to 1,024 bytes in many threads, each with 1,024 slots of its own. One operation: one slot of one thread. Each thread does so
 * many that its start is not what is measured.
 */
final class Scaling implements Workload {
    private static final long LEAST_EACH = 200_000;
    private static final int SLOTS = 1_024;
    private static final int MOST_BYTES = 1_024;

    private final Churn[] churns;

    Scaling(int threads) {
        churns = new Churn[threads];
        for (int i = 0; i < threads; i++) {
            churns[i] = new Churn(MOST_BYTES, SLOTS);
        }
    }

    @Override
    public long run(long operations) throws InterruptedException {
        long each = Math.max(LEAST_EACH, Math.ceilDiv(operations, churns.length));
        Team.run(churns.length, member -> churns[member].run(each));
        return each * churns.length;
    }

    @Override
    public void close() {
        for (Churn churn : churns) {
            churn.close();
        }
    }
}
