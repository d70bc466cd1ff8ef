package zonal.samples.pause;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;

/** How long the thread that made this has been ready to run and had no processor, as the system counts it. For that thread alone. */
final class WaitForProcessor implements AutoCloseable {

    /** Time on a processor, time ready and without one (nanoseconds), and slices run. */
    private static final String FILE = "/proc/thread-self/schedstat";

    private final RandomAccessFile file;
    private final byte[] text = new byte[128];

    WaitForProcessor() throws IOException {
        file = new RandomAccessFile(FILE, "r");
    }

    long nanos() throws IOException {
        file.seek(0);
        int length = file.read(text);
        return Long.parseLong(new String(text, 0, length, StandardCharsets.US_ASCII).split(" ", -1)[1]);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
