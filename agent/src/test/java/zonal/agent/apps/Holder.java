package zonal.agent.apps;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;

/** Takes blocks of known sizes in each of the JDK's ways, keeps them, says "ready", and waits for a line on stdin. */
public final class Holder {
    /** Argument: load the platform's management first, without making its MBean server. */
    public static final String WITH_MANAGEMENT = "management";

    /** Sizes that nothing in the JDK asks for by itself. */
    public static final int DIRECT_BUFFER = 7_777;

    /** A multiple of eight: the JDK itself rounds what it asks for an arena up to one. */
    public static final int ARENA_SEGMENT = 936;

    public static final int UNSAFE_TINY = 43;
    public static final int UNSAFE_SMALL = 991;
    public static final int UNSAFE_LARGE = 48_719;

    /** The direct buffer; reachable until the JVM has ended, for a dump on exit is that late. */
    private static ByteBuffer kept = ByteBuffer.allocate(0);

    private Holder() {}

    public static void main(String[] arguments) throws IOException {
        if (arguments.length > 0 && arguments[0].equals(WITH_MANAGEMENT)) {
            System.out.println(ManagementFactory.getRuntimeMXBean().getVmName());
        }
        kept = ByteBuffer.allocateDirect(DIRECT_BUFFER);
        try (Arena arena = Arena.ofShared()) {
            MemorySegment segment = arena.allocate(ARENA_SEGMENT);
            long tiny = RawMemory.allocate(UNSAFE_TINY);
            long small = RawMemory.allocate(UNSAFE_SMALL);
            long large = RawMemory.reallocate(RawMemory.allocate(5_000), UNSAFE_LARGE);
            RawMemory.free(RawMemory.allocate(45));
            System.out.println("ready");
            int answer = System.in.read();
            RawMemory.free(tiny);
            RawMemory.free(small);
            RawMemory.free(large);
            System.out.println("end " + (answer + kept.capacity() + segment.byteSize()));
        }
    }
}
