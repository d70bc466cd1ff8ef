package zonal.allocator;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

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
 * no read from behind such a call to before it, but may do so across a mere poll for a safepoint. Of the carrier of a virtual thread the JVM shows the
 * carrier's own frames: while it carries one, that which runs the virtual thread is the uppermost, and no native method.
 *
 * <p>The JVM may be told to show fewer frames ({@code MaxJavaStackTraceDepth}). Where it shows fewer than the allocator's deepest call could have, no
 * cache is taken away. Only an observer, or a class that is loaded, can be called deeper than that, and across such a call no cache is in use.
 *
 * <p>The stack is asked for on the Java heap. Where that is full, threads keep their caches.
 */
final class IdleCaches {

    private static final String WAY_IN = Allocator.class.getName();

    /** By place: the digest of its cache's counts at the last look, and since when it is that, or was left alone. */
    private static final long[] SEEN = new long[CacheTable.PLACES];

    private static final long[] SINCE = new long[CacheTable.PLACES];

    /** Made when it is first asked, long after the start, which what it needs would make slower. */
    private static @Nullable Question question;

    private IdleCaches() {}

    /** Takes the caches away that were not used for {@link Housekeeper#IDLE_TICKS}. For the housekeeper alone. */
    static void look() {
        for (int place = 0; place < CacheTable.PLACES; place++) {
            long cache = CacheTable.at(place);
            if (CacheTable.isShared(cache)) {
                continue;
            }
            long now = Housekeeper.now();
            long digest = ThreadCache.digest(cache);
            if (digest != SEEN[place]) {
                SEEN[place] = digest;
                SINCE[place] = now;
            } else if (now - SINCE[place] >= Housekeeper.IDLE_TICKS) {
                CacheTable.retire(place, SINCE[place]);
                SINCE[place] = now; // if it wasn't to be had, it is left alone for as long again
            }
        }
    }

    /** Whether the thread was seen to wait in a native method that was not called by the allocator. */
    static boolean isOutside(Thread thread) {
        try {
            if (question == null) {
                question = new Question();
            }
            return isOutside(question.ask(thread));
        } catch (Throwable e) {
            return false; // the Java heap is full, and the thread keeps its cache
        }
    }

    private static boolean isOutside(StackTraceElement[] stack) {
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

    /** The question for a thread's stack. It has no statics: a class that fails to be initialised, for want of Java heap, is never initialised. */
    private static final class Question {

        /** More frames than the allocator's deepest call has. */
        private static final int DEEP = 100;

        private final boolean answeredInFull = framesOf(DEEP) >= DEEP;

        /** {@code Thread.getStackTrace} itself, whatever a thread's class makes of it; null without access to the JDK's internals. */
        private final @Nullable MethodHandle ofAny = find();

        StackTraceElement[] ask(Thread thread) throws Throwable {
            if (answeredInFull && ofAny != null) {
                return (StackTraceElement[]) ofAny.invokeExact(thread);
            }
            boolean stock = thread.getClass().getClassLoader() == null;
            return answeredInFull && stock ? thread.getStackTrace() : new StackTraceElement[0];
        }

        private static int framesOf(int more) {
            return more == 0 ? CallStack.here().getStackTrace().length : framesOf(more - 1);
        }

        private static @Nullable MethodHandle find() {
            try {
                return MethodHandles.privateLookupIn(Thread.class, MethodHandles.lookup())
                        .findSpecial(
                                Thread.class,
                                "getStackTrace",
                                MethodType.methodType(StackTraceElement[].class),
                                Thread.class);
            } catch (ReflectiveOperationException e) {
                return null;
            }
        }
    }
}
