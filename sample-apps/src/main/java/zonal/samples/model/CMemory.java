package zonal.samples.model;

import java.nio.charset.StandardCharsets;
import sun.misc.Unsafe;
import zonal.samples.TheUnsafe;

/** The calls of C that the test programs use, over {@code sun.misc.Unsafe}. */
@SuppressWarnings("removal") // that is what Unsafe's memory methods are marked for, and what applications use
final class CMemory {

    private static final Unsafe UNSAFE = TheUnsafe.get();

    private CMemory() {}

    static long malloc(long bytes) {
        return UNSAFE.allocateMemory(bytes);
    }

    static long realloc(long address, long bytes) {
        return UNSAFE.reallocateMemory(address, bytes);
    }

    static void free(long address) {
        UNSAFE.freeMemory(address);
    }

    static void putByte(long address, int value) {
        UNSAFE.putByte(address, (byte) value);
    }

    static int getByte(long address) {
        return UNSAFE.getByte(address);
    }

    static void strcpy(long address, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < bytes.length; i++) {
            putByte(address + i, bytes[i]);
        }
        putByte(address + bytes.length, 0);
    }

    static String string(long address) {
        StringBuilder text = new StringBuilder();
        for (long at = address; getByte(at) != 0; at++) {
            text.append((char) getByte(at));
        }
        return text.toString();
    }

    /** Has the JVM load all that these calls need, without a call to the allocator. */
    static void load() {
        byte[] array = new byte[1];
        UNSAFE.putByte(array, Unsafe.ARRAY_BYTE_BASE_OFFSET, (byte) 1);
    }

    static int pageSize() {
        return UNSAFE.pageSize();
    }
}
