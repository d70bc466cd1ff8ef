package zonal.allocator;

import org.jspecify.annotations.Nullable;

/** A live block that was sampled when it was taken. Its mutable fields belong to the stripe of the {@link SampleTable} it is in. */
final class Sample {

    final long address;
    final Site site;

    /** The thread's name when it took the block; empty for most virtual threads. */
    final String threadName;

    final long threadId;

    /** {@link System#nanoTime} when the block was taken. */
    final long takenAt;

    /** The block's size as requested: it changes when the block is resized in place. */
    long bytes;

    /** The bytes that a mark may have hit: those of the largest size the block had, see {@link Sampler#exposed}. */
    long exposed;

    /** The mean distance of the marks, bytes. */
    double mean;

    /** The next one in the bucket. */
    @Nullable
    Sample next;

    Sample(long address, long bytes, double mean, Site site, Thread thread, long takenAt) {
        this.address = address;
        this.bytes = bytes;
        this.exposed = Sampler.exposed(bytes);
        this.mean = mean;
        this.site = site;
        this.threadName = thread.getName();
        this.threadId = thread.threadId();
        this.takenAt = takenAt;
    }

    /** How many live blocks this one stands for. */
    double blocks() {
        return 1 / Poisson.probability(exposed, mean);
    }
}
