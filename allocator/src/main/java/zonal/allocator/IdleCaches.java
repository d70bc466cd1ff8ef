package zonal.allocator;

/**
 * Finds threads that live and have called neither malloc nor free for a while, and takes their caches away: a pool of threads that had its hour
 * holds nothing of it any more. One that calls again begins anew, as a new thread does.
 *
 * <p><b>Two threads.</b> A cache is used without a lock, and not even an ordered store says that its thread is in the middle of a call. So the
 * JVM is asked, by the thread's stack:
 *
 * <ol>
 *   <li>the housekeeper changes the cache's owner from the thread's number to its negative: each call that begins from then on sees that the cache isn't
 *       its own, leaves the short way, and in {@link CacheTable#mine} takes the cache back, by compare-and-set;
 *   <li>it asks for the thread's stack, which the JVM reads while the thread is at a safepoint or in native code. With {@link Allocator} on it, the
 *       thread is in a call that may have begun before;
 *   <li>if it is not, the housekeeper changes the owner to nobody, by compare-and-set.
 * </ol>
 *
 * Of both only one succeeds. If the housekeeper does, all that the thread did with the cache happened before its stack was read, and whatever
 * it does later reads the owner after that. For the second half the thread must be seen in a native method, as who waits or sleeps is: a compiler moves
 * no read from behind such a call to before it, but may do so across a mere poll for a safepoint.
 *
 * <p>An observer or a class that is loaded may run much of somebody's code below a frame of {@code Allocator}. Should the JVM cut its answer off above
 * that frame ({@code MaxJavaStackTraceDepth}), that is right all the same: no cache is in use across such a call.
 *
 * <p>The stack is asked for on the Java heap. Where that is full, the thread keeps its cache.
 */
final class IdleCaches {

    private static final String WAY_IN = Allocator.class.getName();

    /** Of a carrier the JVM shows its own frames, and not those of the virtual thread that it carries. */
    private static final String CARRIER = "jdk.internal.misc.CarrierThread";

    /** By place: the digest of its cache's counts at the last look. */
    private static final long[] SEEN = new long[CacheTable.PLACES];

    private IdleCaches() {}

    /** Takes the caches away that were not used since the last look. For the housekeeper alone. */
    static void look() {
        for (int place = 0; place < CacheTable.PLACES; place++) {
            long cache = CacheTable.at(place);
            if (CacheTable.isShared(cache)) {
                continue;
            }
            long digest = ThreadCache.digest(cache);
            if (digest == SEEN[place]) {
                CacheTable.retire(place);
            }
            SEEN[place] = digest;
        }
    }

    /** Whether the thread was seen to wait in a native method that was not called by the allocator. */
    static boolean isOutside(Thread thread) throws NoSuchMethodException {
        Class<?> type = thread.getClass();
        // An application's thread may override the question, and answer what it likes.
        if (type.getName().equals(CARRIER) || type.getMethod("getStackTrace").getDeclaringClass() != Thread.class) {
            return false;
        }
        StackTraceElement[] stack = thread.getStackTrace();
        if (stack.length == 0 || !stack[0].isNativeMethod()) {
            return false;
        }
        for (StackTraceElement frame : stack) {
            if (frame.getClassName().equals(WAY_IN)) {
                return false;
            }
        }
        return true;
    }
}
