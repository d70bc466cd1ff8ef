package zonal.samples.bench.workloads;

import java.nio.ByteBuffer;

/** {@code ByteBuffer.allocateDirect}, the last byte read and written, freed at once. One operation: one buffer. */
@SuppressWarnings("removal")
final class DirectBuffer implements Workload.OneThread {
    private final int bytes;

    DirectBuffer(int bytes) {
        this.bytes = bytes;
    }

    @Override
    public void batch(int operations) {
        for (int i = 0; i < operations; i++) {
            ByteBuffer buffer = ByteBuffer.allocateDirect(bytes);
            byte stamp = (byte) (i | 1);
            byte fresh = buffer.get(bytes - 1);
            buffer.put(bytes - 1, stamp);
            if (fresh != 0 || buffer.get(bytes - 1) != stamp) {
                throw new IllegalStateException("wrong stamp: direct buffer of " + bytes + " bytes, fresh " + fresh);
            }
            Blocks.UNSAFE.invokeCleaner(buffer);
        }
    }
}
