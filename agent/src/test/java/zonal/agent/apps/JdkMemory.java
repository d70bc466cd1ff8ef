package zonal.agent.apps;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Uses off-heap memory only through java.base, and prints a sum of what it read back. Runs in any runtime image. */
public final class JdkMemory {
    private JdkMemory() {}

    public static void main(String[] arguments) throws IOException {
        long sum = 0;
        for (int size = 1; size < 100_000; size = size * 3 + 1) {
            ByteBuffer buffer = ByteBuffer.allocateDirect(size);
            for (int i = 0; i < size; i++) {
                sum += buffer.get(i);
                buffer.put(i, (byte) i);
            }
            sum += buffer.get(size / 2);
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment segment = arena.allocate(size, 64);
                segment.fill((byte) 3);
                sum += segment.get(ValueLayout.JAVA_BYTE, size - 1) + segment.address() % 64;
            }
        }
        Path file = Files.createTempFile("zonal-test", ".bin");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            sum += channel.write(ByteBuffer.wrap(new byte[12_345]));
        } finally {
            Files.delete(file);
        }
        System.out.println("sum " + sum);
    }
}
