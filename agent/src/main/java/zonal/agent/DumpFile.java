package zonal.agent;

import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import zonal.allocator.AllocationDump;

/**
 * Writes the list of live blocks to a {@link NewFile}. The text goes out as it is made and is never in the heap as a whole.
 * Writing to a channel takes a small direct buffer, which is a block of the allocator itself: the list may show it.
 */
final class DumpFile {
    private DumpFile() {}

    /**
     * Writes the list.
     *
     * @param file where to; a relative path starts at the working directory of this process
     * @return the absolute path of the new file
     * @throws IOException with a message in words, if there is such a file already, or it can't be made or written
     */
    static Path write(String file, boolean extended) throws IOException {
        return NewFile.write("dump", file, stream -> list(stream, extended));
    }

    /** Writes the list in the place of an older one: see {@link NewFile#replace}. */
    static void replace(String file) throws IOException {
        NewFile.replace("dump", file, stream -> list(stream, false));
    }

    private static void list(OutputStream stream, boolean extended) throws IOException {
        Writer writer = new OutputStreamWriter(stream, StandardCharsets.UTF_8);
        AllocationDump.write(writer, extended);
        writer.flush();
    }
}
