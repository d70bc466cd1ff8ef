package zonal.samples.bench.workloads;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * {@code ByteBuffer.allocateDirect}, written whole, and left to the garbage collector, which runs after every {@value #UNCOLLECTED}. One
 * operation: one buffer.
 */
final class CollectedBuffer implements Workload.OneThread {
    private static final int UNCOLLECTED = 64;
    private static final byte STAMP = 0x5a;

    private final byte[] contents;
    private int uncollected;

    CollectedBuffer(int bytes) {
        contents = new byte[bytes];
        Arrays.fill(contents, STAMP);
    }

    @Override
    public void batch(int operations) {
        for (int i = 0; i < operations; i++) {
            use(ByteBuffer.allocateDirect(contents.length), contents);
            uncollected++;
            if (uncollected == UNCOLLECTED) {
                close();
            }
        }
    }

    private static void use(ByteBuffer buffer, byte[] contents) {
        int last = contents.length - 1;
        byte fresh = buffer.get(last);
        buffer.put(0, contents);
        if (fresh != 0 || buffer.get(last) != STAMP) {
            throw new IllegalStateException(
                    "wrong stamp: direct buffer of " + contents.length + " bytes, fresh " + fresh);
        }
    }

    @Override
    public void close() {
        uncollected = 0;
        System.gc();
    }
}
