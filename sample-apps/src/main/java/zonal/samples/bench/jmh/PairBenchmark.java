package zonal.samples.bench.jmh;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import sun.misc.Unsafe;
import zonal.samples.TheUnsafe;

/** A malloc and its free. With {@code -prof gc}, what they allocate on the Java heap: {@code gc.alloc.rate.norm}, nothing in any zone. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("removal") // what this project is about
public class PairBenchmark {
    private static final Unsafe UNSAFE = TheUnsafe.get();

    /** Of a block: in all three zones, packed and mapped. */
    @Param({"16", "64", "128", "512", "1024", "2048", "4096", "16384", "65536", "262144", "1048576"})
    public long bytes;

    /** One pair; the block is written. */
    @Benchmark
    public long pair() {
        long address = UNSAFE.allocateMemory(bytes);
        UNSAFE.putLong(address, address);
        UNSAFE.freeMemory(address);
        return address;
    }
}
