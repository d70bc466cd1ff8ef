package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** malloc, calloc, realloc and free mean what they mean in the JDK's Unsafe. Other options: {@link OtherOptionsTest}. */
class SemanticsTest {

    /** A size of each zone and of each way that it is kept. */
    private static final long[] SIZES = {
        1, 15, 16, 17, 128, 129, 1024, 1025, 5000, 32 << 10, (32 << 10) + 1, 100_000, 3 << 20
    };

    private static final long[] TOO_BIG = {Long.MAX_VALUE, Long.MAX_VALUE - 4096, 1L << 62, 1L << 50};

    @Test
    void mallocOfZeroBytesIsAddressZero() {
        assertThat(Allocator.malloc(0)).isZero().isEqualTo(stock("allocateMemory", 0));
        assertThat(Allocator.tryMalloc(0)).isZero();
        assertThat(Allocator.calloc(0, 5)).isZero();
        assertThat(Allocator.calloc(5, 0)).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, -16, Long.MIN_VALUE, Long.MIN_VALUE + 1, Integer.MIN_VALUE})
    void negativeSizesAreRefusedAsTheJdkRefusesThem(long bytes) {
        assertThatIllegalArgumentException().isThrownBy(() -> stock("allocateMemory", bytes));
        assertThatIllegalArgumentException().isThrownBy(() -> Allocator.malloc(bytes));
        assertThatIllegalArgumentException().isThrownBy(() -> Allocator.calloc(bytes, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> Allocator.calloc(1, bytes));
        assertThatIllegalArgumentException().isThrownBy(() -> Allocator.realloc(0, bytes));
        assertThat(Allocator.tryMalloc(bytes)).isZero();
        assertThat(Allocator.tryRealloc(0, bytes)).isZero();
    }

    @Test
    void sizesThatCannotBeHadAreOutOfMemory() {
        for (long bytes : TOO_BIG) {
            // The JDK rounds up to 8 bytes, finds a negative size and refuses it: what a hook doesn't serve, the JDK
            // still decides.
            assertThatExceptionOfType(
                            bytes > Long.MAX_VALUE - 8 ? IllegalArgumentException.class : OutOfMemoryError.class)
                    .isThrownBy(() -> stock("allocateMemory", bytes));
            assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> Allocator.malloc(bytes));
            assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> Allocator.calloc(1, bytes));
            assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> Allocator.realloc(0, bytes));
            assertThat(Allocator.tryMalloc(bytes)).isZero();
            assertThat(Allocator.tryRealloc(0, bytes)).isZero();
        }
        HeapCheck.quiet();
    }

    @Test
    void whatTheMachineCannotHoldIsLeftToTheJvmsOwnMalloc() {
        long bytes = Range.LARGEST_BLOCK + 1;
        assertThat(Allocator.tryMalloc(bytes)).isZero();
        for (long old : new long[] {100, 10_000, 1 << 20, 16 << 20}) {
            long block = Allocator.malloc(old);
            assertThat(Allocator.tryRealloc(block, bytes)).isEqualTo(-1);
            assertThat(Allocator.usableSize(block)).isGreaterThanOrEqualTo(old);
            Allocator.free(block);
        }
        HeapCheck.quiet();
    }

    @Test
    void aSizeWhoseNumberOfPagesIsNoIntIsNotServedFromTheRunThatTheThreadFreedLast() {
        long bytes = (1L << 44) + (64 << 10); // its number of OS pages has the lower 32 bits of 64 KiB's
        long block = Allocator.malloc(100);
        Allocator.free(Allocator.malloc(64 << 10));
        assertThat(Allocator.tryMalloc(bytes)).isZero();
        assertThat(Allocator.tryRealloc(block, bytes)).isEqualTo(-1);
        Allocator.free(block);
        HeapCheck.quiet();
    }

    @Test
    void callocWhoseProductOverflowsIsOutOfMemory() {
        long[][] overflows = {
            {1L << 32, 1L << 32}, {Long.MAX_VALUE, 2}, {3, Long.MAX_VALUE / 2}, {1L << 62, 2}, {1L << 33, 1L << 31}
        };
        for (long[] product : overflows) {
            assertThatExceptionOfType(OutOfMemoryError.class)
                    .isThrownBy(() -> Allocator.calloc(product[0], product[1]));
        }
    }

    @Test
    void callocIsZeroEvenWhereMemoryIsUsedAgain() {
        for (long bytes : SIZES) {
            for (int round = 0; round < 20; round++) {
                long dirty = Allocator.malloc(bytes);
                Stamp.write(dirty, bytes, -1);
                Allocator.free(dirty);
                long zeroed = Allocator.calloc(1, bytes);
                Stamp.verifyZero(zeroed, bytes);
                Stamp.write(zeroed, bytes, -1);
                Allocator.free(zeroed);
            }
        }
    }

    /** What is fresh from the system is not zeroed once more, and so not in memory before it is written to. */
    @Test
    void callocTouchesNothingOfWhatIsFresh() {
        long bytes = 300L << 20;
        long osPages = bytes >>> SystemCalls.OS_PAGE_SHIFT;
        long answer = Allocator.malloc(osPages);
        HeapCheck.eventually(() -> {
            Housekeeper.purge(Long.MAX_VALUE); // no free run is dirty, but one that the housekeeper is at just now
            long block = Allocator.calloc(1, bytes);
            long told = SystemCalls.inMemory(block, bytes, answer);
            long inMemory = ResidentPages.count(answer, osPages);
            Allocator.free(block);
            assertThat(told).isZero();
            return assertThat(inMemory).isZero();
        });
        Allocator.free(answer);
    }

    @Test
    void freeOfZeroDoesNothing() {
        long bad = Statistics.read().badFreeCount();
        Allocator.free(0);
        assertThat(Allocator.tryFree(0)).isFalse();
        assertThat(Statistics.read().badFreeCount()).isEqualTo(bad);
    }

    @Test
    void reallocOfZeroTakesABlock() {
        for (long bytes : SIZES) {
            long block = Allocator.realloc(0, bytes);
            assertThat(Allocator.usableSize(block)).isGreaterThanOrEqualTo(bytes);
            Allocator.free(block);
        }
        assertThat(Allocator.realloc(0, 0)).isZero();
    }

    @Test
    void reallocToZeroFreesTheBlock() {
        for (long bytes : SIZES) {
            long block = Allocator.malloc(bytes);
            assertThat(Allocator.realloc(block, 0)).isZero();
            assertThat(Allocator.usableSize(block)).isZero();
        }
    }

    @Test
    void reallocKeepsTheContentsUpToTheLesserSize() {
        for (long from : SIZES) {
            for (long to : SIZES) {
                long block = Allocator.malloc(from);
                Stamp.write(block, from, from);
                long moved = Allocator.realloc(block, to);
                Stamp.verify(moved, from, Math.min(from, to), from);
                assertThat(moved & 15).isZero();
                assertThat(Allocator.usableSize(moved)).isGreaterThanOrEqualTo(to);
                Allocator.free(moved);
            }
        }
        HeapCheck.quiet();
    }

    @Test
    void reallocThatCannotBeHadLeavesTheBlockAsItWas() {
        for (long bytes : SIZES) {
            long block = Allocator.malloc(bytes);
            Stamp.write(block, bytes, bytes);
            for (long tooBig : TOO_BIG) {
                assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> Allocator.realloc(block, tooBig));
                assertThat(Allocator.tryRealloc(block, tooBig)).isEqualTo(-1);
            }
            assertThatIllegalArgumentException().isThrownBy(() -> Allocator.realloc(block, -1));
            assertThat(Allocator.tryRealloc(block, -1)).isZero();
            assertThat(Allocator.tryRealloc(block, 0)).isZero();
            assertThat(Allocator.show_alloc_mem()).contains(" : " + bytes + " bytes\n");
            Stamp.verify(block, bytes, bytes);
            Allocator.free(block);
        }
        HeapCheck.quiet();
    }

    @Test
    void everyBlockIsAlignedToSixteenBytes() {
        for (int bytes = 1; bytes < 40_000; bytes += bytes < 2100 ? 1 : 97) {
            long block = Allocator.malloc(bytes);
            assertThat(block & 15).isZero();
            long moved = Allocator.realloc(block, bytes + 1);
            assertThat(moved & 15).isZero();
            Allocator.free(moved);
        }
    }

    @Test
    void blocksThatAreTakenInTurnLieOneBehindTheOther() {
        long[] blocks = new long[2_000];
        int behind = 0;
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = Allocator.malloc(336);
            behind += i > 0 && blocks[i] == blocks[i - 1] + 336 ? 1 : 0;
        }
        assertThat(behind)
                .isGreaterThan(blocks.length / 2); // in gaps that are left between others' blocks it is not so
        for (long block : blocks) {
            Allocator.free(block);
        }
    }

    @Test
    void theUsableSizeIsThatOfTheLiveBlockThatStartsThere() {
        for (long bytes : SIZES) {
            long block = Allocator.malloc(bytes);
            assertThat(Allocator.usableSize(block)).isGreaterThanOrEqualTo(bytes);
            for (long inside : new long[] {block + 1, block + 8, block + Math.max(1, bytes / 2)}) {
                assertThat(Allocator.usableSize(inside)).isZero();
            }
            Allocator.free(block);
            assertThat(Allocator.usableSize(block)).isZero();
        }
    }

    /** Also where a threshold falls inside a class of sizes. */
    @Test
    void aBlockIsCountedInTheZoneOfItsSize() {
        int tiny = Options.current().tiny();
        int small = Options.current().small();
        for (int bytes : new int[] {1, tiny, tiny + 1, small, small + 1, 40_000}) {
            int zone = bytes <= tiny ? 0 : bytes <= small ? 1 : 2;
            long before = Statistics.recent().zones().get(zone).liveBlocks();
            long block = Allocator.malloc(bytes);
            long after = Statistics.recent().zones().get(zone).liveBlocks();
            Allocator.free(block);
            assertThat(after).as("of %s bytes", bytes).isEqualTo(before + 1);
        }
    }

    @Test
    void foreignAddressesAreNotOurs() throws ReflectiveOperationException {
        long stock = stock("allocateMemory", 100);
        for (long address :
                new long[] {stock, 0, 1, 4096, -1, -16, Long.MIN_VALUE, Long.MAX_VALUE, Range.BASE - 1, Range.END}) {
            assertThat(Allocator.owns(address)).as("%x", address).isFalse();
            assertThat(Allocator.usableSize(address)).as("%x", address).isZero();
            assertThat(Allocator.tryFree(address)).as("%x", address).isFalse();
            if (address != 0) {
                assertThat(Allocator.tryRealloc(address, 10)).as("%x", address).isZero();
            }
        }
        unsafe().getClass().getMethod("freeMemory", long.class).invoke(unsafe(), stock);
    }

    @Test
    void foreignFreesAreCountedForTheHook() {
        Statistics before = Statistics.read();
        Allocator.tryFree(4096);
        Allocator.tryFree(-16);
        Statistics after = Statistics.read();
        assertThat(after.foreignFreeCount() - before.foreignFreeCount()).isEqualTo(2);
        assertThat(after.badFreeCount()).isEqualTo(before.badFreeCount());
    }

    @Test
    void aFreshBlockReadsAsZeroAndIsFreshOnce() {
        long block = Allocator.malloc(300 << 20);
        if (Allocator.isFresh(block)) {
            Stamp.verifyZero(block, 300 << 20);
        }
        Memory.putLong(block, 1);
        Allocator.free(block);
        long again = Allocator.calloc(1, 300 << 20);
        Stamp.verifyZero(again, 300 << 20);
        Allocator.free(again);
    }

    @Test
    void aBlockThatWasResizedWhereItIsIsNotFresh() {
        Housekeeper.purge(Long.MAX_VALUE);
        long block = Allocator.malloc(10 << 20);
        Memory.putLong(block, 1);
        long resized = Allocator.realloc(block, 9 << 20);
        // As below.
        assertThat(Allocator.isFresh(resized) && Range.contains(resized)).isFalse();
        Allocator.free(resized);
    }

    @Test
    void aBlockThatMovedIsNotFresh() {
        for (long bytes : new long[] {100, 40_000, 300_000, 10 << 20}) {
            long block = Allocator.malloc(bytes);
            long neighbour = Allocator.malloc(bytes);
            Memory.putLong(block, 1);
            long moved = Allocator.realloc(block, 400 << 20);
            // Mappings of large=strict count as fresh whatever was written to them.
            assertThat(Allocator.isFresh(moved) && Range.contains(moved))
                    .as("of %s bytes", bytes)
                    .isFalse();
            Allocator.free(moved);
            Allocator.free(neighbour);
        }
    }

    private static Object unsafe() throws ReflectiveOperationException {
        Field field = Class.forName("sun.misc.Unsafe").getDeclaredField("theUnsafe");
        field.setAccessible(true);
        return field.get(null);
    }

    /** The JDK's own. */
    private static long stock(String method, long bytes) {
        try {
            return (long) unsafe().getClass().getMethod(method, long.class).invoke(unsafe(), bytes);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            throw (Error) e.getCause();
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("no such method of Unsafe: " + method, e);
        }
    }
}
