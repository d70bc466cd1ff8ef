package zonal.agent;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
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
import org.jspecify.annotations.Nullable;

/**
 * A file that was not there before, for what people ask the agent to write.
 *
 * <p>The system makes the file and opens it in one call that fails where the name exists, be it only a link that leads
 * nowhere. So nothing is ever overwritten, no link is followed at the last step, and nobody but the owner can read it, from
 * its first byte on.
 */
final class NewFile {
    private static final Set<StandardOpenOption> NEW_ONLY =
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY = PosixFilePermissions.asFileAttribute(
            Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));

    private NewFile() {}

    /** What is written to a file. */
    interface Content {
        void writeTo(OutputStream stream) throws IOException;
    }

    /**
     * Makes the file and writes it.
     *
     * @param what what is written, for messages, such as "dump"
     * @param file where to; a relative path starts at the working directory of this process; JMX clients may give null, too
     * @return the absolute path of the new file
     * @throws IOException with a message in words, if there is such a file already, or it can't be made or written
     */
    static Path write(String what, @Nullable String file, Content content) throws IOException {
        Path path = absolute(what, file);
        SeekableByteChannel channel = make(what, path);
        boolean interrupted = Thread.interrupted(); // a channel closes itself under an interrupted thread
        try (channel;
                OutputStream stream = new BufferedOutputStream(Channels.newOutputStream(channel))) {
            content.writeTo(stream);
        } catch (IOException | OutOfMemoryError e) {
            throw new IOException(path + " is not complete: " + Messages.of(e), e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        return path;
    }

    private static SeekableByteChannel make(String what, Path path) throws IOException {
        try {
            return Files.newByteChannel(path, NEW_ONLY, OWNER_ONLY);
        } catch (FileAlreadyExistsException e) {
            throw new IOException(path + " exists already, a " + what + " is always a new file", e);
        } catch (NoSuchFileException e) {
            throw new IOException(path + " can't be made, there is no folder " + path.getParent(), e);
        } catch (AccessDeniedException e) {
            throw new IOException(path + " can't be made, access is denied", e);
        }
    }

    private static Path absolute(String what, @Nullable String file) throws IOException {
        if (file == null || file.isBlank()) {
            throw new IOException("a " + what + " needs the name of a file");
        }
        try {
            return Path.of(file).toAbsolutePath();
        } catch (InvalidPathException e) {
            throw new IOException("not a file name: " + e.getMessage(), e);
        }
    }
}
