package zonal.samples.bench.workloads;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Threads that work at the same time, and end. */
final class Team {
    /** As many as the machine runs at once, and two at least. */
    static final int THREADS = Math.max(2, Runtime.getRuntime().availableProcessors());

    private Team() {}

    /** What one of them does. */
    interface Part {
        void run(int member) throws InterruptedException;
    }

    /** Starts so many new platform threads and waits until all have ended; throws what the first of them that failed threw. */
    static void run(int threads, Part part) throws InterruptedException {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        Thread[] members = new Thread[threads];
        for (int i = 0; i < threads; i++) {
            int member = i;
            members[i] = Thread.ofPlatform().name("member-", member).start(() -> {
                try {
                    part.run(member);
                } catch (Throwable thrown) {
                    failure.compareAndSet(null, thrown);
                }
            });
        }
        for (Thread member : members) {
            member.join();
        }
        rethrow(failure.get());
    }

    /** Throws what a thread of a workload failed with; null is nothing. */
    static void rethrow(@Nullable Throwable failure) {
        if (failure != null) {
            throw new IllegalStateException(failure.toString(), failure);
        }
    }
}
