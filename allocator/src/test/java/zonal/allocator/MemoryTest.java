package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Blocks that are copied and zeroed a piece at a time: all of each, and nothing behind it. */
class MemoryTest {

    private static final long STAMP = 7;

    @ParameterizedTest
    @ValueSource(
            longs = {
                0,
                1,
                Memory.MOST_AT_ONCE - 1,
                Memory.MOST_AT_ONCE,
                Memory.MOST_AT_ONCE + 1,
                3 * Memory.MOST_AT_ONCE + 7
            })
    void aBlockIsCopiedAndZeroedWhole(long bytes) {
        long from = Allocator.malloc(bytes + 1);
        long to = Allocator.malloc(bytes + 1);
        Memory.zero(from, bytes + 1);
        Stamp.write(from, bytes, STAMP);
        Memory.putByte(to + bytes, (byte) 42);

        Memory.copyBlock(from, to, bytes);

        Stamp.verify(to, bytes, STAMP);
        assertThat(Memory.getByte(to + bytes)).isEqualTo((byte) 42);

        Memory.zeroBlock(to, bytes);

        Stamp.verifyZero(to, bytes);
        assertThat(Memory.getByte(to + bytes)).isEqualTo((byte) 42);
        Allocator.free(from);
        Allocator.free(to);
    }
}
