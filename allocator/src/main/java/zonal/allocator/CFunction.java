package zonal.allocator;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * A function of the system's C library, from six longs to a long, called through FFM. Thread-safe. A call takes no Java heap memory, once
 * {@link #settle} was called.
 *
 * <p>Both calling conventions pass the first six integers in registers, of which a function with fewer or narrower parameters reads what it
 * declares; an {@code int} result is in the lower half of the long. One type for all makes one linkage: seven of them cost a start some
 * 30 ms more (measured). And one handle calls them all, with the function as its first argument, so that settling one settles all.
 *
 * @param address where it is; used where {@code handle} is null
 * @param symbol the same; used where {@code handle} is not null
 * @param handle what calls it; null: {@link DirectDowncall} does
 */
record CFunction(
        long address,
        @Nullable MemorySegment symbol,
        @Nullable MethodHandle handle) {

    /**
     * Calls of a method handle, from code that C2 has not compiled, after which the JVM makes a form of it that is this handle's own. It
     * does so at the 128th.
     */
    private static final int CALLS_BEFORE_SETTLED = 200;

    /** What {@link DirectDowncall} was run on, and what of the JDK's internals it needs beside those of {@link Memory#INTERNAL}. */
    private static final int FIRST_KNOWN_JDK = 25;

    private static final int LAST_KNOWN_JDK = 27;
    private static final String KNOWN_SYSTEM = "Linux amd64";

    private static final String[] KNOWN_INTERNALS = {
        "jdk.internal.foreign.abi", "jdk.internal.foreign.abi.x64", "jdk.internal.loader"
    };

    private static final boolean DIRECT = Memory.INTERNAL && !SystemLayer.isSet() && isKnownSystem() && directLinks();

    /**
     * Binds a function.
     *
     * @throws SystemCalls.UnsupportedSystemException if there is no such function
     */
    static CFunction bind(String name) {
        return DIRECT ? new CFunction(DirectDowncall.address(name), null, null) : Linked.bind(name);
    }

    /**
     * Calls this function, which must have no effect, until the JVM has made of the handle behind all functions what it will ever make of
     * it. It takes 30 KB of Java heap memory (<i>measured</i>) and makes a class; left to itself, it would happen inside some malloc or free, with a
     * lock of the allocator held, and where the Java heap is full it would fail, there and at each call from then on.
     */
    void settle(long argument) {
        for (int i = 0; i < CALLS_BEFORE_SETTLED; i++) {
            call(argument, 0, 0, 0, 0, 0);
        }
    }

    private static boolean isKnownSystem() {
        int jdk = Runtime.version().feature();
        String system = System.getProperty("os.name") + " " + System.getProperty("os.arch");
        if (jdk < FIRST_KNOWN_JDK || jdk > LAST_KNOWN_JDK || !system.equals(KNOWN_SYSTEM)) {
            return false;
        }
        for (String internal : KNOWN_INTERNALS) {
            if (!Object.class.getModule().isExported(internal, CFunction.class.getModule())) {
                return false;
            }
        }
        return true;
    }

    private static boolean directLinks() {
        try {
            return DirectDowncall.HANDLE != null;
        } catch (LinkageError e) {
            return false; // a JDK that is otherwise below its linker; the linker itself is public, and stays
        }
    }

    long call(long a, long b, long c, long d, long e, long f) {
        try {
            return handle == null
                    ? (long) DirectDowncall.HANDLE.invokeExact(address, a, b, c, d, e, f)
                    : (long) handle.invokeExact(symbol, a, b, c, d, e, f);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /** What came out of a handle of a method that throws no checked exception: of a downcall, errors of the JVM alone (stack overflow). */
    static Error rethrow(Throwable t) {
        if (t instanceof Error error) {
            return error;
        }
        if (t instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        return new LinkageError("downcall", t);
    }

    static SystemCalls.UnsupportedSystemException missing(String name) {
        return new SystemCalls.UnsupportedSystemException("the system's C library has no " + name);
    }

    /** The public way, through {@code java.lang.foreign.Linker}. Loaded only where it is gone. */
    private static final class Linked {

        private static final FunctionDescriptor TYPE = FunctionDescriptor.of(
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG);

        /** Calls the function that is its first argument. */
        private static final MethodHandle HANDLE = handle();

        static CFunction bind(String name) {
            MemorySegment symbol =
                    Linker.nativeLinker().defaultLookup().find(name).orElseThrow(() -> missing(name));
            return new CFunction(0, symbol, SystemLayer.over(name, symbol, HANDLE));
        }

        private static MethodHandle handle() {
            try {
                return (MethodHandle) downcallMaker().invoke(Linker.nativeLinker(), TYPE, new Linker.Option[0]);
            } catch (Throwable e) {
                throw new LinkageError(
                        "no native access: start the JVM with --enable-native-access for zonal.allocator", e);
            }
        }

        private static MethodHandle downcallMaker() {
            try {
                return Memory.restrictedLookup()
                        .findVirtual(
                                Linker.class,
                                "downcallHandle",
                                MethodType.methodType(
                                        MethodHandle.class, FunctionDescriptor.class, Linker.Option[].class))
                        .asFixedArity();
            } catch (ReflectiveOperationException e) {
                throw new LinkageError("no java.lang.foreign.Linker.downcallHandle", e);
            }
        }
    }
}
