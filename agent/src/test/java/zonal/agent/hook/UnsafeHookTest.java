package zonal.agent.hook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jdk.internal.misc.Unsafe;
import org.junit.jupiter.api.Test;
import zonal.allocator.Allocator;

/** In a JVM where {@code Unsafe} is stock's, as it is where Zonal was detached. */
class UnsafeHookTest {
    private static final Unsafe UNSAFE = Unsafe.getUnsafe();
    private static final int[] SIZES = {16, 1_000, 20_000, 200_000};

    @Test
    void detachedAReallocMovesABlockToStockWithAsMuchAsFits() {
        for (int bytes : SIZES) {
            for (long newBytes : new long[] {8, bytes, 3L * bytes}) {
                long block = Allocator.malloc(bytes);
                long kept = Math.min(bytes, newBytes);
                for (long i = 0; i < kept; i++) {
                    UNSAFE.putByte(block + i, (byte) i);
                }
                long moved = UnsafeHook.reallocateAway(block, newBytes);
                assertFalse(Allocator.owns(moved));
                assertEquals(0, Allocator.usableSize(block), "it was freed");
                for (long i = 0; i < kept; i++) {
                    assertEquals((byte) i, UNSAFE.getByte(moved + i));
                }
                UNSAFE.freeMemory(moved);
            }
        }
    }

    @Test
    void detachedWhatIsNotToMoveIsLeftToStockAndKept() {
        long block = Allocator.malloc(100);
        for (long bytes : new long[] {0, -1, Long.MIN_VALUE}) {
            assertEquals(UnsafeHook.STOCK, UnsafeHook.reallocateAway(block, bytes));
            assertTrue(Allocator.usableSize(block) >= 100);
        }
        Allocator.free(block);
        assertEquals(UnsafeHook.STOCK, UnsafeHook.reallocateAway(0, 100));
        long foreign = UNSAFE.allocateMemory(100);
        assertEquals(UnsafeHook.STOCK, UnsafeHook.reallocateAway(foreign, 200));
        UNSAFE.freeMemory(foreign);
    }

    /** Stock would end the process. */
    @Test
    void detachedAReallocOfNoLiveBlockAnswersNull() {
        for (int bytes : SIZES) {
            long block = Allocator.malloc(bytes);
            assertEquals(0, UnsafeHook.reallocateAway(block + 1, 100));
            Allocator.free(block);
            assertEquals(0, UnsafeHook.reallocateAway(block, 100));
        }
    }
}
