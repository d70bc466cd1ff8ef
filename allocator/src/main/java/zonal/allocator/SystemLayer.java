package zonal.allocator;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import org.jspecify.annotations.Nullable;

/**
 * What lies between {@link SystemCalls} and the C library: nothing, except in a test of what happens when the system refuses.
 *
 * <p>{@link SystemCalls} binds each function once, when it is initialised, and asks here what to bind; from then on the answer is a
 * constant to the compiler, so that a JVM without a layer pays nothing for it. A test sets its layer first of all, in a JVM of its own.
 */
final class SystemLayer {

    /** A layer over the C library. */
    interface Layer {

        /**
         * What is called in place of a function.
         *
         * @param function its name, such as {@code mmap}
         * @param real the function itself, from six longs to a long
         * @return a handle of the same type
         */
        MethodHandle over(String function, MethodHandle real);
    }

    private static @Nullable Layer layer;

    private SystemLayer() {}

    /** Puts a layer over the C library. Has an effect only before {@link SystemCalls} is first used. */
    static void set(Layer over) {
        layer = over;
    }

    static boolean isSet() {
        return layer != null;
    }

    /**
     * What is called in place of a function.
     *
     * @param symbol the function
     * @param downcall calls the function that is its first argument, as does what is answered
     */
    static MethodHandle over(String function, MemorySegment symbol, MethodHandle downcall) {
        Layer over = layer;
        return over == null
                ? downcall
                : MethodHandles.dropArguments(over.over(function, downcall.bindTo(symbol)), 0, MemorySegment.class);
    }
}
