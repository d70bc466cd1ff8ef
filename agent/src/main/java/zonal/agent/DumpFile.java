package zonal.agent;

import java.io.IOException;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import zonal.allocator.AllocationDump;

/**
 * Writes the list of live blocks to a file that was not there before.
 *
 * <p>The system makes the file and opens it in one call that fails where the name exists, be it only a link that leads
 * nowhere. So nothing is ever overwritten, no link is followed at the last step, and nobody but the owner can read it, from
 * its first byte on. The text goes out as it is made and is never in the heap as a whole. Writing to a channel takes a small
 * direct buffer, which is a block of the allocator itself: the list may show it.
 */
final class DumpFile {
    private static final Set<StandardOpenOption> NEW_ONLY =
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY = PosixFilePermissions.asFileAttribute(
            Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));

    private DumpFile() {}

    /**
     * Writes the list.
     *
     * @param file where to; a relative path starts at the working directory of this process
     * @return the absolute path of the new file
     * @throws IOException with a message in words, if there is such a file already, or it can't be made or written
     */
    static Path write(String file, boolean extended) throws IOException {
        Path path = absolute(file);
        try (SeekableByteChannel channel = Files.newByteChannel(path, NEW_ONLY, OWNER_ONLY);
                Writer writer = Channels.newWriter(channel, StandardCharsets.UTF_8)) {
            AllocationDump.write(writer, extended);
        } catch (FileAlreadyExistsException e) {
            throw new IOException(path + " exists already, a dump is always a new file", e);
        } catch (NoSuchFileException e) {
            throw new IOException(path + " can't be made, there is no folder " + path.getParent(), e);
        } catch (AccessDeniedException e) {
            throw new IOException(path + " can't be made, access is denied", e);
        }
        return path;
    }

    private static Path absolute(String file) throws IOException {
        if (file.isBlank()) {
            throw new IOException("a dump needs the name of a file");
        }
        try {
            return Path.of(file).toAbsolutePath();
        } catch (InvalidPathException e) {
            throw new IOException("not a file name: " + e.getMessage(), e);
        }
    }
}
