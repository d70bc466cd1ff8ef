package zonal.allocator;

/**
 * Fills blocks with a pattern that depends on the block and on the place in it, and finds where it was disturbed.
 *
 * <p>Up to 2 KiB every byte is written; of larger blocks the first and last KiB, and 8 bytes in each 512 between.
 */
final class Stamp {

    private static final long DENSE = 1024;
    private static final long SPARSE_STEP = 512;

    private Stamp() {}

    static void write(long block, long bytes, long stamp) {
        for (long at = 0; at + 8 <= bytes; at = next(at, bytes)) {
            Memory.putLong(block + at, pattern(stamp, at));
        }
        for (long at = bytes & ~7L; at < bytes; at++) {
            Memory.putByte(block + at, (byte) pattern(stamp, at));
        }
    }

    /** Fails unless the first {@code kept} bytes are as {@link #write} left them in a block of {@code bytes}. */
    static void verify(long block, long bytes, long kept, long stamp) {
        for (long at = 0; at + 8 <= bytes && at + 8 <= kept; at = next(at, bytes)) {
            if (Memory.getLong(block + at) != pattern(stamp, at)) {
                throw disturbed(block, bytes, at);
            }
        }
        for (long at = bytes & ~7L; at < kept; at++) {
            if (Memory.getByte(block + at) != (byte) pattern(stamp, at)) {
                throw disturbed(block, bytes, at);
            }
        }
    }

    static void verify(long block, long bytes, long stamp) {
        verify(block, bytes, bytes, stamp);
    }

    /** Fails unless all bytes of a block are zero; of a block over 64 KiB, all those that {@link #write} would write. */
    static void verifyZero(long block, long bytes) {
        boolean all = bytes <= 64 << 10;
        for (long at = 0; at + 8 <= bytes; at = all ? at + 8 : next(at, bytes)) {
            if (Memory.getLong(block + at) != 0) {
                throw new AssertionError(
                        "byte " + at + " of " + bytes + " at " + Long.toHexString(block) + " isn't zero");
            }
        }
        for (long at = bytes & ~7L; at < bytes; at++) {
            if (Memory.getByte(block + at) != 0) {
                throw new AssertionError(
                        "byte " + at + " of " + bytes + " at " + Long.toHexString(block) + " isn't zero");
            }
        }
    }

    private static long next(long at, long bytes) {
        long step = at + 8 < DENSE || at + 8 + SPARSE_STEP > bytes - DENSE ? 8 : SPARSE_STEP;
        return at + step;
    }

    private static long pattern(long stamp, long at) {
        long mixed = (stamp + at) * 0x9E3779B97F4A7C15L;
        return mixed ^ mixed >>> 29;
    }

    private static AssertionError disturbed(long block, long bytes, long at) {
        return new AssertionError("byte " + at + " of the block of " + bytes + " bytes at 0x" + Long.toHexString(block)
                + " was disturbed");
    }
}
