package zonal.samples.leak;

import sun.misc.Unsafe;
import zonal.samples.TheUnsafe;

/** Memory by address, as caches take it. */
@SuppressWarnings("removal") // that is what Unsafe's memory methods are marked for, and what applications use
final class OffHeap {

    private static final Unsafe UNSAFE = TheUnsafe.get();

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
}
