package zonal.allocator;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A call site: a distinct stack that took at least one sampled block, and what was ever taken there.
 *
 * <p>The stack is kept as the JVM wrote it down until the {@link Housekeeper} or a reader first wants names, and not longer: it keeps the
 * classes on it from being unloaded.
 */
final class Site {

    /** Tells it from others; see {@link CallStack#hash}. */
    final long key;

    /** Live samples that were taken here. */
    final AtomicInteger live = new AtomicInteger();

    // Estimates, since the start. Written under the lock of the table; volatile, so that a reader without it sees whole
    // numbers.
    volatile double takenBlocks;
    volatile double takenBytes;

    private volatile @Nullable CallStack stack;
    private volatile @Nullable List<StackTraceElement> frames;

    Site(long key, List<StackTraceElement> frames) {
        this.key = key;
        this.frames = frames;
    }

    Site(long key, CallStack stack) {
        this.key = key;
        this.stack = stack;
    }

    /** The frames from the caller on, innermost first; empty for the {@linkplain SiteTable#others others}. */
    List<StackTraceElement> frames() {
        // Read in this order: frames are written before the stack is forgotten. Two threads may make the same names.
        CallStack unnamed = stack;
        List<StackTraceElement> named = frames;
        if (named != null) {
            return named;
        }
        named = unnamed == null ? List.of() : unnamed.callers();
        frames = named;
        stack = null;
        return named;
    }
}
