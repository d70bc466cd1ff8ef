package zonal.agent.apps;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Takes known amounts of memory at places with names, says "ready", and waits for a line; then takes more at one of them, and waits again. */
public final class Sites {
    /** Bytes that {@code takeTiny} holds, in blocks of 100 bytes. */
    public static final long TINY_BYTES = 20_000_000;

    /** Bytes that {@code takeBuffers} holds, in buffers of 60,000 bytes. */
    public static final long BUFFER_BYTES = 60_000_000;

    /** The same, when it has been called again. */
    public static final long BUFFER_BYTES_AT_LAST = 4 * BUFFER_BYTES;

    /** Bytes that {@code takeSegments} holds, in segments of 4,000 bytes. */
    public static final long SEGMENT_BYTES = 40_000_000;

    /** Bytes that {@code takeInAnotherThread} holds, in one block. */
    public static final long LARGE_BYTES = 33_333_333;

    public static final String THREAD = "the other <thread>";

    private static final List<ByteBuffer> BUFFERS = new ArrayList<>();

    private Sites() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        takeTiny();
        takeBuffers();
        takeAndFree();
        try (Arena arena = Arena.ofShared()) {
            MemorySegment last = takeSegments(arena);
            Thread other = new Thread(Sites::takeInAnotherThread, THREAD);
            other.start();
            other.join();
            System.out.println("ready");
            int answer = System.in.read();
            for (int i = 0; i < 3; i++) {
                takeBuffers();
            }
            System.out.println("grown");
            answer += System.in.read();
            System.out.println("end " + answer + last.byteSize() + BUFFERS.size());
        }
    }

    private static void takeTiny() {
        for (long taken = 0; taken < TINY_BYTES; taken += 100) {
            RawMemory.allocate(100);
        }
    }

    private static void takeBuffers() {
        for (long taken = 0; taken < BUFFER_BYTES; taken += 60_000) {
            BUFFERS.add(ByteBuffer.allocateDirect(60_000));
        }
    }

    private static void takeAndFree() {
        for (int i = 0; i < 20_000; i++) {
            RawMemory.free(RawMemory.allocate(5_000));
        }
    }

    private static MemorySegment takeSegments(Arena arena) {
        MemorySegment last = MemorySegment.NULL;
        for (long taken = 0; taken < SEGMENT_BYTES; taken += 4_000) {
            last = arena.allocate(4_000);
        }
        return last;
    }

    private static void takeInAnotherThread() {
        RawMemory.allocate(LARGE_BYTES);
    }
}
