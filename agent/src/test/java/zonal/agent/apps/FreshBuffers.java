package zonal.agent.apps;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** Takes large buffers, looks how much of them is resident, and that all of each, used memory included, reads as zero. */
public final class FreshBuffers {
    /** Argument: take a little in each way first, say "ready", and wait for a line on stdin. */
    public static final String LATER = "later";

    private static final int HUGE = 512 << 20;
    private static final int MEDIUM = 1 << 20;
    private static final int ROUNDS = 50;
    private static final int STEP = 509;

    private FreshBuffers() {}

    public static void main(String[] arguments) throws IOException {
        ByteBuffer.allocateDirect(1);
        if (arguments.length > 0 && arguments[0].equals(LATER)) {
            Arena.ofAuto().allocate(1);
            System.out.println("ready");
            System.out.println("went on " + System.in.read());
        }
        try (Arena arena = Arena.ofConfined()) {
            long before = residentKiB();
            ByteBuffer buffer = ByteBuffer.allocateDirect(HUGE);
            MemorySegment segment = arena.allocate(HUGE);
            System.out.println("resident MiB " + (residentKiB() - before) / 1024);
            System.out.println("zero " + (isZero(MemorySegment.ofBuffer(buffer)) && isZero(segment)));
        }
        boolean zero = true;
        for (int round = 0; round < ROUNDS; round++) {
            try (Arena arena = Arena.ofConfined()) {
                for (int bytes = 64; bytes <= MEDIUM; bytes *= 4) {
                    MemorySegment segment = arena.allocate(bytes);
                    zero &= isZero(segment);
                    segment.fill((byte) 0xa5);
                }
            }
        }
        System.out.println("used again, zero " + zero);
    }

    private static boolean isZero(MemorySegment segment) {
        for (long i = 0; i < segment.byteSize(); i += STEP) {
            if (segment.get(ValueLayout.JAVA_BYTE, i) != 0) {
                return false;
            }
        }
        return true;
    }

    private static long residentKiB() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
    }
}
