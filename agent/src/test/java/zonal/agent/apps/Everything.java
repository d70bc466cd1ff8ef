package zonal.agent.apps;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Uses memory below the heap in each way there is, and other modules where the runtime image has them. What it prints is the same at every
 * run: values on stdout, errors with their stacks on stderr.
 */
public final class Everything {
    /** Property: path of the library of {@link NativeMemory}; without it that part is left out. */
    public static final String LIBRARY = "everything.library";

    private interface Part {
        Object run() throws Throwable;
    }

    private Everything() {}

    public static void main(String[] arguments) throws Exception {
        part("base", () -> {
            JdkMemory.main(arguments);
            return "done";
        });
        part("unsafe", Everything::unsafe);
        part("bad argument", () -> RawMemory.allocate(-1));
        part("closed arena", Everything::closedArena);
        part("downcall", Everything::downcall);
        part("channels", Everything::channels);
        part("zip", Everything::zip);
        part("threads", Everything::threads);
        if (System.getProperty(LIBRARY) != null) {
            part("jni", NativeMemory::use);
        }
        if (ModuleLayer.boot().findModule("java.logging").isPresent()) {
            part("logging", OtherModules::logging);
        }
        if (ModuleLayer.boot().findModule("java.management").isPresent()) {
            part("management", OtherModules::management);
        }
        if (ModuleLayer.boot().findModule("java.xml").isPresent()) {
            part("xml", OtherModules::xml);
        }
    }

    private static void part(String name, Part code) {
        try {
            System.out.println(name + ": " + code.run());
        } catch (Throwable e) {
            System.out.println(name + ": " + e);
            System.err.print(name + ": ");
            e.printStackTrace();
        }
    }

    private static long unsafe() {
        long sum = 0;
        for (int size = 1; size < 3_000_000; size = size * 3 + 1) {
            long block = RawMemory.allocate(size + 8L);
            RawMemory.putLong(block, size);
            block = RawMemory.reallocate(block, 2L * size + 8);
            sum += RawMemory.getLong(block);
            RawMemory.free(block);
        }
        return sum;
    }

    private static long closedArena() {
        MemorySegment segment;
        try (Arena arena = Arena.ofShared()) {
            segment = arena.allocate(100);
        }
        return segment.get(ValueLayout.JAVA_BYTE, 0);
    }

    /** With {@code --illegal-native-access=deny} this fails, as it should. */
    @SuppressWarnings("restricted") // the JVM's warning about it must be there under the agent, too
    private static long downcall() throws Throwable {
        Linker linker = Linker.nativeLinker();
        MemorySegment strlen = linker.defaultLookup().findOrThrow("strlen");
        try (Arena arena = Arena.ofConfined()) {
            return (long)
                    linker.downcallHandle(strlen, FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.ADDRESS))
                            .invokeExact(arena.allocateFrom("twelve bytes"));
        }
    }

    private static String channels() throws IOException {
        ByteBuffer received = ByteBuffer.allocateDirect(100);
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            try (SocketChannel client = SocketChannel.open(server.getLocalAddress());
                    SocketChannel accepted = server.accept()) {
                client.write(ByteBuffer.wrap("over a socket".getBytes(StandardCharsets.UTF_8)));
                client.shutdownOutput();
                while (accepted.read(received) >= 0) {
                    // until the end
                }
            }
        }
        return StandardCharsets.UTF_8.decode(received.flip()).toString();
    }

    private static long zip() throws Exception {
        ByteBuffer plain = ByteBuffer.allocateDirect(50_000);
        while (plain.hasRemaining()) {
            plain.put((byte) (plain.position() / 7));
        }
        ByteBuffer packed = ByteBuffer.allocateDirect(60_000);
        ByteBuffer unpacked = ByteBuffer.allocateDirect(50_000);
        try (Deflater deflater = new Deflater();
                Inflater inflater = new Inflater()) {
            deflater.setInput(plain.flip());
            deflater.finish();
            deflater.deflate(packed);
            inflater.setInput(packed.flip());
            inflater.inflate(unpacked);
        }
        CRC32 crc = new CRC32();
        crc.update(unpacked.flip());
        return crc.getValue();
    }

    private static int threads() throws InterruptedException {
        int[] sums = new int[8];
        Thread[] threads = new Thread[sums.length];
        for (int i = 0; i < sums.length; i++) {
            int number = i;
            Thread.Builder builder = i % 2 == 0 ? Thread.ofVirtual() : Thread.ofPlatform();
            threads[i] = builder.start(() -> {
                for (int n = 1; n <= 100; n++) {
                    sums[number] +=
                            ByteBuffer.allocateDirect(n * 40).put(n, (byte) n).get(n);
                }
            });
        }
        int sum = 0;
        for (int i = 0; i < sums.length; i++) {
            threads[i].join();
            sum += sums[i];
        }
        return sum;
    }
}
