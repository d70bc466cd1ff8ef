package zonal.allocator;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Field;
import jdk.internal.misc.Unsafe;
import jdk.internal.vm.annotation.ForceInline;

/**
 * Raw access to memory by address: the one place that decides how it is done.
 *
 * <p>Where {@code jdk.internal.misc} is exported to this module (the agent sees to it), access goes through the JDK's
 * internal {@code Unsafe}; elsewhere through FFM. Compiled by C2 the two are equally fast, but FFM is measured seven to
 * ten times slower in the interpreter and more than twice as slow in C1, which an allocator below the JDK feels at start-up.
 * {@link #INTERNAL} is a constant to the compiler: the branch costs nothing.
 *
 * <p>Every access is inlined by force: left to themselves the compilers call a method of a few bytecodes from a caller that is large already,
 * which was measured at a tenth of the time of random churn.
 *
 * <p>Nothing here is checked: callers consult the page map and the block map before they follow an address that came from
 * outside.
 */
final class Memory {

    /** Whether the JDK's internal packages are open to the allocator. */
    static final boolean INTERNAL = internalAccess();

    /**
     * Bytes of a block that are copied or zeroed in one go: meanwhile the thread comes to no safepoint, and if the JVM wants one, all other threads wait for
     * it. <i>Measured</i>: 2.4 to 3.8 s for a GiB whose OS pages were not in memory yet. Less than some 2.5 MiB the JVM copies through the processor's
     * caches: with pieces of 1 MiB the benchmark {@code realloc-8m} took a sixth longer.
     */
    static final long MOST_AT_ONCE = 4 << 20;

    @SuppressWarnings("NullAway") // never read when INTERNAL is false
    private static final Unsafe U = INTERNAL ? Unsafe.getUnsafe() : null;

    private Memory() {}

    private static boolean internalAccess() {
        Module base = Object.class.getModule();
        Module self = Memory.class.getModule();
        return base.isExported("jdk.internal.misc", self) && base.isExported("jdk.internal.access", self);
    }

    /**
     * Who calls FFM's restricted methods: they ask which module called them, and warn (or refuse) if that module has no native access. Where the JDK's
     * internals are open to us (under the agent) they are called in the name of {@code java.base}, which always has it: no warning, no flag for the
     * user to set, and no native access for anybody else.
     */
    static MethodHandles.Lookup restrictedLookup() throws NoSuchFieldException {
        if (!INTERNAL) {
            return MethodHandles.lookup();
        }
        Field field = MethodHandles.Lookup.class.getDeclaredField("IMPL_LOOKUP");
        MethodHandles.Lookup trusted =
                (MethodHandles.Lookup) U.getReference(U.staticFieldBase(field), U.staticFieldOffset(field));
        // The trusted lookup itself binds no caller: a caller-sensitive method would find this class on the stack.
        return trusted.in(Object.class);
    }

    @ForceInline
    static byte getByte(long address) {
        return INTERNAL ? U.getByte(address) : Foreign.ALL.get(ValueLayout.JAVA_BYTE, address);
    }

    @ForceInline
    static void putByte(long address, byte value) {
        if (INTERNAL) {
            U.putByte(address, value);
        } else {
            Foreign.ALL.set(ValueLayout.JAVA_BYTE, address, value);
        }
    }

    @ForceInline
    static short getShort(long address) {
        return INTERNAL ? U.getShort(address) : Foreign.ALL.get(ValueLayout.JAVA_SHORT, address);
    }

    @ForceInline
    static void putShort(long address, short value) {
        if (INTERNAL) {
            U.putShort(address, value);
        } else {
            Foreign.ALL.set(ValueLayout.JAVA_SHORT, address, value);
        }
    }

    @ForceInline
    static int getInt(long address) {
        return INTERNAL ? U.getInt(address) : Foreign.ALL.get(ValueLayout.JAVA_INT, address);
    }

    @ForceInline
    static void putInt(long address, int value) {
        if (INTERNAL) {
            U.putInt(address, value);
        } else {
            Foreign.ALL.set(ValueLayout.JAVA_INT, address, value);
        }
    }

    @ForceInline
    static long getLong(long address) {
        return INTERNAL ? U.getLong(address) : Foreign.ALL.get(ValueLayout.JAVA_LONG, address);
    }

    @ForceInline
    static void putLong(long address, long value) {
        if (INTERNAL) {
            U.putLong(address, value);
        } else {
            Foreign.ALL.set(ValueLayout.JAVA_LONG, address, value);
        }
    }

    @ForceInline
    static byte getByteAcquire(long address) {
        return INTERNAL ? U.getByteAcquire(null, address) : (byte) Foreign.BYTE.getAcquire(Foreign.ALL, address);
    }

    @ForceInline
    static short getShortAcquire(long address) {
        return INTERNAL ? U.getShortAcquire(null, address) : (short) Foreign.SHORT.getAcquire(Foreign.ALL, address);
    }

    @ForceInline
    static long getLongAcquire(long address) {
        return INTERNAL ? U.getLongAcquire(null, address) : (long) Foreign.LONG.getAcquire(Foreign.ALL, address);
    }

    @ForceInline
    static void putLongRelease(long address, long value) {
        if (INTERNAL) {
            U.putLongRelease(null, address, value);
        } else {
            Foreign.LONG.setRelease(Foreign.ALL, address, value);
        }
    }

    /** What stands behind is neither compiled nor run before what stands in front, but for a read that a processor runs before a write. */
    @ForceInline
    static void acquireFence() {
        if (INTERNAL) {
            U.loadFence();
        } else {
            VarHandle.acquireFence();
        }
    }

    /** No write behind is seen before one in front. */
    @ForceInline
    static void storeStoreFence() {
        if (INTERNAL) {
            U.storeStoreFence();
        } else {
            VarHandle.storeStoreFence();
        }
    }

    /** Compare-and-set with the memory effects of a volatile read and write; {@code address} is 8-byte aligned. */
    @ForceInline
    static boolean compareAndSetLong(long address, long expected, long value) {
        return INTERNAL
                ? U.compareAndSetLong(null, address, expected, value)
                : Foreign.LONG.compareAndSet(Foreign.ALL, address, expected, value);
    }

    /** Compare-and-set of a byte that may fail for no reason, and orders nothing. */
    @ForceInline
    static boolean weakCompareAndSetByte(long address, int expected, int value) {
        return INTERNAL
                ? U.weakCompareAndSetBytePlain(null, address, (byte) expected, (byte) value)
                : Foreign.compareAndSet(address, 0xff, expected, value);
    }

    /** As {@link #weakCompareAndSetByte}, of two aligned bytes. */
    @ForceInline
    static boolean weakCompareAndSetShort(long address, int expected, int value) {
        return INTERNAL
                ? U.weakCompareAndSetShortPlain(null, address, (short) expected, (short) value)
                : Foreign.compareAndSet(address, 0xffff, expected, value);
    }

    @ForceInline
    static void copy(long from, long to, long bytes) {
        if (INTERNAL) {
            U.copyMemory(from, to, bytes);
        } else {
            MemorySegment.copy(Foreign.ALL, from, Foreign.ALL, to, bytes);
        }
    }

    /** Copies {@code bytes} to the start of an array. */
    @ForceInline
    static void copy(long from, byte[] to, int bytes) {
        if (INTERNAL) {
            U.copyMemory(null, from, to, Unsafe.ARRAY_BYTE_BASE_OFFSET, bytes);
        } else {
            MemorySegment.copy(Foreign.ALL, ValueLayout.JAVA_BYTE, from, to, 0, bytes);
        }
    }

    @ForceInline
    static void zero(long address, long bytes) {
        if (INTERNAL) {
            U.setMemory(address, bytes, (byte) 0);
        } else {
            Foreign.zero(address, bytes);
        }
    }

    // ---- of blocks of any length

    /** Copies a block's bytes to another block. */
    static void copyBlock(long from, long to, long bytes) {
        long here;
        for (long done = 0; done < bytes; done += here) {
            here = Math.min(MOST_AT_ONCE, bytes - done);
            copy(from + done, to + done, here);
        }
    }

    /** Zeroes a block's bytes. */
    static void zeroBlock(long address, long bytes) {
        long here;
        for (long done = 0; done < bytes; done += here) {
            here = Math.min(MOST_AT_ONCE, bytes - done);
            zero(address + done, here);
        }
    }

    /** Loaded only where the internal access is missing. */
    @SuppressWarnings("restricted") // raw memory is what this class is for
    private static final class Foreign {
        static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
        static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();
        static final VarHandle SHORT = ValueLayout.JAVA_SHORT.varHandle();
        static final VarHandle BYTE = ValueLayout.JAVA_BYTE.varHandle();

        /** {@code fill} would need a slice, an object: copying from a page of zeros needs none. */
        private static final int ZEROS = 4096;

        private static final MemorySegment ZERO_PAGE =
                java.lang.foreign.Arena.global().allocate(ZEROS, 16);

        /** FFM compares and sets no less than an int: this does it with the long around a byte or short. */
        static boolean compareAndSet(long address, long mask, long expected, long value) {
            long aligned = address & -8;
            int shift = (int) (address & 7) << 3;
            for (; ; ) {
                long around = (long) LONG.getVolatile(ALL, aligned);
                if (((around >>> shift ^ expected) & mask) != 0) {
                    return false;
                }
                if (LONG.compareAndSet(ALL, aligned, around, (around & ~(mask << shift)) | ((value & mask) << shift))) {
                    return true;
                }
            }
        }

        static void zero(long address, long bytes) {
            for (long done = 0; done < bytes; done += ZEROS) {
                MemorySegment.copy(ZERO_PAGE, 0, ALL, address + done, Math.min(ZEROS, bytes - done));
            }
        }
    }
}
