package zonal.allocator;

import jdk.internal.access.JavaLangAccess;
import jdk.internal.access.SharedSecrets;
import jdk.internal.vm.annotation.ForceInline;
import org.jspecify.annotations.Nullable;

/**
 * The platform thread that runs the caller, be it on behalf of a virtual thread or its own.
 *
 * <p>A virtual thread leaves its carrier only where it blocks, and the allocator blocks nowhere (see {@link SpinLock}): from the
 * start of a call to its end the carrier's cache is used by nobody else. Without access to the JDK's internals the carrier is
 * unknown, and a virtual thread has no private cache.
 */
final class CurrentThread {

    @SuppressWarnings("NullAway") // never read when there is no internal access
    private static final JavaLangAccess LANG = Memory.INTERNAL ? SharedSecrets.getJavaLangAccess() : null;

    private CurrentThread() {}

    @ForceInline
    static long id() {
        return Memory.INTERNAL
                ? LANG.currentCarrierThread().threadId()
                : Thread.currentThread().threadId();
    }

    /** The platform thread, or null where it can't be known. */
    static @Nullable Thread platformThread() {
        if (Memory.INTERNAL) {
            return LANG.currentCarrierThread();
        }
        Thread thread = Thread.currentThread();
        return thread.isVirtual() ? null : thread;
    }
}
