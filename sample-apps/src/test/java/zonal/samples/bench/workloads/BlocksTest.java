package zonal.samples.bench.workloads;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("removal")
final class BlocksTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 7, 8, 15, 16, 17, 100, 5_000})
    void aBlockThatNobodySpoiledIsFreed(long bytes) {
        Blocks.give(Blocks.take(bytes), bytes);
        Blocks.give(Blocks.resize(Blocks.take(bytes), bytes, 3 * bytes), 3 * bytes);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 8, 16, 5_000})
    void aBlockWithAnotherStartIsReported(long bytes) {
        long address = Blocks.take(bytes);
        byte start = Blocks.UNSAFE.getByte(address);
        Blocks.UNSAFE.putByte(address, (byte) ~start);

        assertThatThrownBy(() -> Blocks.give(address, bytes))
                .isInstanceOf(WrongStampException.class)
                .hasMessageContaining("block of " + bytes + " bytes");

        Blocks.UNSAFE.putByte(address, start);
        Blocks.give(address, bytes);
    }

    /** As where an allocator gives out a block that begins where a live one does. */
    @Test
    void aBlockOfAnotherSizeIsReported() {
        long address = Blocks.take(100);
        assertThatThrownBy(() -> Blocks.check(address, 96)).isInstanceOf(WrongStampException.class);
        Blocks.give(address, 100);
    }

    @Test
    void whatIsWrittenIntoABlockLeavesItsStamps() {
        for (int bytes = 1; bytes < 500; bytes++) { // one in eight has both
            long address = Blocks.take(bytes);
            Blocks.fill(address, bytes, (byte) bytes);
            Blocks.give(address, bytes);
        }
        for (int bytes = 4_000; bytes < 4_500; bytes++) {
            long address = Blocks.take(bytes);
            Blocks.touch(address, bytes);
            Blocks.give(address, bytes);
        }
    }

    @Test
    void someBlocksWithAnotherEndAreReported() {
        long[] addresses = new long[1_000];
        int bytes = 100;
        for (int i = 0; i < addresses.length; i++) {
            addresses[i] = Blocks.take(bytes);
            Blocks.UNSAFE.putByte(
                    addresses[i] + bytes - 1, (byte) ~Blocks.UNSAFE.getByte(addresses[i] + Long.BYTES - 1));
        }

        assertThatThrownBy(() -> {
                    for (long address : addresses) {
                        Blocks.check(address, bytes);
                    }
                })
                .isInstanceOf(WrongStampException.class);

        for (long address : addresses) {
            Blocks.UNSAFE.freeMemory(address);
        }
    }
}
