package zonal.agent.apps;

import java.util.function.LongSupplier;

/** Prints what {@code sun.misc.Unsafe} does at the edges, in words that are the same for every run of the same JVM. */
public final class Semantics {
    private static final long[] SIZES = {
        0,
        -1,
        -8,
        Long.MIN_VALUE,
        Long.MAX_VALUE,
        Long.MAX_VALUE - 7,
        Long.MAX_VALUE - 8,
        1L << 60,
        1L << 47,
        1,
        7,
        8,
        9,
        16,
        1024,
        100_000
    };

    private Semantics() {}

    public static void main(String[] arguments) {
        for (long size : SIZES) {
            print("allocate " + size, () -> freed(RawMemory.allocate(size)));
            print("reallocate null to " + size, () -> freed(RawMemory.reallocate(0, size)));
            print("reallocate a block to " + size, () -> {
                long block = RawMemory.allocate(48);
                RawMemory.putLong(block + 40, 0x5EEDL);
                try {
                    return freed(RawMemory.reallocate(block, size));
                } catch (RuntimeException | OutOfMemoryError e) {
                    System.out.print("[old block: " + RawMemory.getLong(block + 40) + "] ");
                    RawMemory.free(block);
                    throw e;
                }
            });
        }
        print("free null", () -> {
            RawMemory.free(0);
            return 0;
        });
        print("reallocate keeps contents", Semantics::contents);
    }

    private static long contents() {
        long block = RawMemory.allocate(64);
        long wrong = 0;
        for (long size = 64, old = 64; size < 1L << 23; old = size, size = size * 3 / 8 * 8) {
            for (long i = 0; i < old; i += 8) {
                RawMemory.putLong(block + i, i ^ size);
            }
            block = RawMemory.reallocate(block, size);
            for (long i = 0; i < old; i += 8) {
                wrong += RawMemory.getLong(block + i) == (i ^ size) ? 0 : 1;
            }
        }
        block = RawMemory.reallocate(block, 16);
        wrong += RawMemory.getLong(block) > 0 ? 0 : 1;
        RawMemory.free(block);
        return wrong;
    }

    /** Frees the block, and answers what can be compared of its address: null or not, and how it is aligned. */
    private static long freed(long address) {
        long comparable = address == 0 ? 0 : 100 + address % 16;
        RawMemory.free(address);
        return comparable;
    }

    private static void print(String what, LongSupplier call) {
        String answer;
        try {
            answer = Long.toString(call.getAsLong());
        } catch (RuntimeException | OutOfMemoryError e) {
            answer = e.toString();
        }
        System.out.println(what + " -> " + answer);
    }
}
