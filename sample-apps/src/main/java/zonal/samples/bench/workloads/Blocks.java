package zonal.samples.bench.workloads;

import sun.misc.Unsafe;
import zonal.samples.TheUnsafe;

/**
 * Off-heap blocks as applications take them, through {@code sun.misc.Unsafe}; each with a stamp at its start, and one in eight with a second
 * one at its end. A stamp is made of the block's address and size: an allocator that writes into a live block, or gives out one that overlaps
 * it, spoils one, but for the very block in the very size. (Not all have the second: in big blocks it is a cache miss, at the taking and at the
 * freeing, and of those a benchmark of allocators would then consist.)
 */
@SuppressWarnings("removal") // what this project is about
final class Blocks {
    static final Unsafe UNSAFE = TheUnsafe.get();

    private static final long FACTOR = 0x9E37_79B9_7F4A_7C15L;
    private static final int STAMP_BYTES = Long.BYTES;
    /** One block of 2^3 has a stamp at its end. */
    private static final int END_STAMP_BITS = 3;

    private Blocks() {}

    /** A block of {@code bytes}, at least 1, stamped. */
    static long take(long bytes) {
        long address = UNSAFE.allocateMemory(bytes);
        stamp(address, bytes);
        return address;
    }

    /** A block of zeros, stamped. */
    static long takeZeroed(long bytes) {
        long address = UNSAFE.allocateMemory(bytes);
        UNSAFE.setMemory(address, bytes, (byte) 0);
        stamp(address, bytes);
        return address;
    }

    /** Checks and frees. */
    static void give(long address, long bytes) {
        check(address, bytes);
        UNSAFE.freeMemory(address);
    }

    /** Checks, moves to a block of {@code newBytes}, and checks there what was at the old block's start and end. */
    static long resize(long address, long bytes, long newBytes) {
        check(address, bytes);
        long moved = UNSAFE.reallocateMemory(address, newBytes);
        if (newBytes >= bytes) {
            checkStamps(moved, bytes, stampOf(address, bytes));
        }
        stamp(moved, newBytes);
        return moved;
    }

    static void check(long address, long bytes) {
        checkStamps(address, bytes, stampOf(address, bytes));
    }

    /** Writes all of a block but its stamps. */
    static void fill(long address, long bytes, byte value) {
        if (bytes > 2 * STAMP_BYTES) {
            UNSAFE.setMemory(address + STAMP_BYTES, bytes - 2 * STAMP_BYTES, value);
        }
    }

    /** Writes a byte to each 4 KiB of a block, and to none of its stamps. */
    static void touch(long address, long bytes) {
        for (long at = 4096; at < bytes - STAMP_BYTES; at += 4096) {
            UNSAFE.putByte(address + at, (byte) at);
        }
    }

    /** Reads all of a block, whole longs of it, into a sum. */
    static long read(long address, long bytes) {
        long sum = 0;
        for (long end = address + (bytes & -STAMP_BYTES), at = address; at < end; at += STAMP_BYTES) {
            sum += UNSAFE.getLong(at);
        }
        return sum;
    }

    private static long stampOf(long address, long bytes) {
        return address ^ (bytes * FACTOR);
    }

    private static boolean hasEndStamp(long stamp, long bytes) {
        return bytes >= 2 * STAMP_BYTES && (stamp * FACTOR) >>> (Long.SIZE - END_STAMP_BITS) == 0;
    }

    private static void stamp(long address, long bytes) {
        long stamp = stampOf(address, bytes);
        if (bytes >= STAMP_BYTES) {
            UNSAFE.putLong(address, stamp);
            if (hasEndStamp(stamp, bytes)) {
                UNSAFE.putLong(address + bytes - STAMP_BYTES, stamp);
            }
        } else {
            UNSAFE.putByte(address, (byte) stamp);
        }
    }

    private static void checkStamps(long address, long bytes, long stamp) {
        boolean right;
        if (bytes >= STAMP_BYTES) {
            right = UNSAFE.getLong(address) == stamp;
            if (hasEndStamp(stamp, bytes)) {
                right &= UNSAFE.getLong(address + bytes - STAMP_BYTES) == stamp;
            }
        } else {
            right = UNSAFE.getByte(address) == (byte) stamp;
        }
        if (!right) {
            throw new WrongStampException(address, bytes, stamp);
        }
    }
}
