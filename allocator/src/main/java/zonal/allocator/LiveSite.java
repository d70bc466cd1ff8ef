package zonal.allocator;

import java.util.List;

/**
 * A call site that took off-heap memory, and what of it is live, estimated from the sample.
 *
 * @param frames the stack from the caller on, innermost first; empty for the blocks of all sites that could not be told apart
 * @param liveBytes requested bytes of the live blocks, estimated
 * @param liveBlocks live blocks, estimated
 * @param samples live blocks that were sampled: what the two estimates rest on; their standard error is about one in the root of it
 * @param takenBytes bytes ever taken, estimated
 * @param takenBlocks blocks ever taken, estimated
 * @param oldestNanos age of the oldest live sample, nanoseconds; 0 if there is none
 */
public record LiveSite(
        List<StackTraceElement> frames,
        long liveBytes,
        long liveBlocks,
        long samples,
        long takenBytes,
        long takenBlocks,
        long oldestNanos) {

    private static final String OTHERS = "[other call sites]";

    /** The innermost frame as text, or words for the sites that could not be told apart. */
    public String title() {
        return frames.isEmpty() ? OTHERS : frames.getFirst().toString();
    }

    /** The frames as text, innermost first; never empty. */
    public List<String> texts() {
        return texts(frames);
    }

    static List<String> texts(List<StackTraceElement> frames) {
        return frames.isEmpty()
                ? List.of(OTHERS)
                : frames.stream().map(StackTraceElement::toString).toList();
    }
}
