package zonal.samples.bench.workloads;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A confined arena of the JDK with one segment, which is written and read; then it is closed. One operation: one arena. */
final class ConfinedArena implements Workload.OneThread {
    private final long bytes;

    ConfinedArena(long bytes) {
        this.bytes = bytes;
    }

    @Override
    public void batch(int operations) {
        for (int i = 0; i < operations; i++) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment segment = arena.allocate(bytes);
                long last = bytes - Long.BYTES;
                if (segment.get(ValueLayout.JAVA_LONG, last) != 0) {
                    throw new WrongStampException(segment.address(), bytes, 0);
                }
                segment.set(ValueLayout.JAVA_LONG, last, i);
                if (segment.get(ValueLayout.JAVA_LONG, last) != i) {
                    throw new WrongStampException(segment.address(), bytes, i);
                }
            }
        }
    }
}
