package zonal.samples.leak;

import java.lang.reflect.Field;
import sun.misc.Unsafe;

/** Memory by address, as caches take it. */
@SuppressWarnings("removal") // that is what Unsafe's memory methods are marked for, and what applications use
final class OffHeap {

    private static final Unsafe UNSAFE = unsafe();

    private OffHeap() {}

    static long allocate(int bytes) {
        return UNSAFE.allocateMemory(bytes);
    }

    static void free(long address) {
        UNSAFE.freeMemory(address);
    }

    /** Copies an array to a block. */
    static void put(long address, byte[] bytes) {
        UNSAFE.copyMemory(bytes, Unsafe.ARRAY_BYTE_BASE_OFFSET, null, address, bytes.length);
    }

    private static Unsafe unsafe() {
        try {
            Field field = Unsafe.class.getDeclaredField("theUnsafe");
            field.setAccessible(true);
            return (Unsafe) field.get(null);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("no sun.misc.Unsafe", e);
        }
    }
}
