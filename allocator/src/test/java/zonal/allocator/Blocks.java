package zonal.allocator;

/** Many blocks at once. */
final class Blocks {

    private Blocks() {}

    /** So many blocks of {@code bytes}, written to. */
    static long[] takeEach(int count, int bytes) {
        long[] blocks = new long[count];
        for (int i = 0; i < count; i++) {
            blocks[i] = Allocator.malloc(bytes);
            touch(blocks[i], bytes);
        }
        return blocks;
    }

    /** Writes to each OS page of a block. */
    static void touch(long block, long bytes) {
        for (long at = 0; at < bytes; at += SystemCalls.OS_PAGE_SIZE) {
            Memory.putByte(block + at, (byte) 1);
        }
    }

    static void freeEach(long[] blocks) {
        for (long block : blocks) {
            Allocator.free(block);
        }
    }

    /** Frees blocks that are chained through their first bytes, from the one that was taken last to a 0. */
    static void freeChain(long last) {
        long block = last;
        while (block != 0) {
            long next = Memory.getLong(block);
            Allocator.free(block);
            block = next;
        }
    }
}
