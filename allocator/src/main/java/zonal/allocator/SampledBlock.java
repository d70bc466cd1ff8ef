package zonal.allocator;

import java.util.List;

/**
 * What is known of a live block because it was sampled when it was taken.
 *
 * @param address where it starts
 * @param bytes its size as requested
 * @param thread the name of the thread that took it; of one without a name, as most virtual threads are, {@code #} and its number, as thread dumps show it
 * @param ageNanos how long ago that was, nanoseconds
 * @param frames that thread's stack from the caller on, innermost first; empty for the sites that could not be told apart
 */
public record SampledBlock(long address, long bytes, String thread, long ageNanos, List<StackTraceElement> frames) {

    /** The frames as text, innermost first; never empty. */
    public List<String> texts() {
        return LiveSite.texts(frames);
    }

    static SampledBlock of(Sample sample) {
        String name = sample.threadName.isEmpty() ? "#" + sample.threadId : sample.threadName;
        return new SampledBlock(
                sample.address, sample.bytes, name, System.nanoTime() - sample.takenAt, sample.site.frames());
    }
}
