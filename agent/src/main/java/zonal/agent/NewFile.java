package zonal.agent;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
 * nowhere. So nothing that was there is ever written to, no link is followed at the last step, and nobody but the owner can read it, from
 * its first byte on.
 */
final class NewFile {
    private static final Set<StandardOpenOption> NEW_ONLY =
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY = PosixFilePermissions.asFileAttribute(
            Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));

    /** How the name of a file ends that is not complete yet, and is to replace another. */
    private static final String PART = ".part";

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
        SeekableByteChannel channel = make(what, path, path);
        try {
            fill(channel, content);
        } catch (IOException | OutOfMemoryError e) {
            throw new IOException(path + " is not complete: " + Messages.of(e), e);
        }
        return path;
    }

    /**
     * Makes a new file beside the named one, writes it, and then gives it that name: what was there is replaced as a whole, or stays. What is no regular
     * file stays, a link among it: root would replace {@code /dev/stdout}.
     *
     * @param what as for {@link #write}
     * @param file as for {@link #write}
     * @throws IOException with a message in words, if it stays
     */
    static void replace(String what, @Nullable String file, Content content) throws IOException {
        Path path = absolute(what, file);
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(path + " stays, it is no file");
        }
        Path part = path.resolveSibling("zonal-" + Long.toHexString(System.nanoTime()) + PART);
        SeekableByteChannel channel = make(what, part, path);
        try {
            fill(channel, content);
            Files.move(part, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | OutOfMemoryError e) {
            throw new IOException(path + " stays as it was: " + Messages.of(e), e);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static void fill(SeekableByteChannel channel, Content content) throws IOException {
        boolean interrupted = Thread.interrupted(); // a channel closes itself under an interrupted thread
        try (channel;
                OutputStream stream = new BufferedOutputStream(Channels.newOutputStream(channel))) {
            content.writeTo(stream);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** @param named the path for messages */
    private static SeekableByteChannel make(String what, Path path, Path named) throws IOException {
        try {
            return Files.newByteChannel(path, NEW_ONLY, OWNER_ONLY);
        } catch (FileAlreadyExistsException e) {
            throw new IOException(named + " exists already, a " + what + " is always a new file", e);
        } catch (NoSuchFileException e) {
            throw new IOException(named + " can't be made, there is no folder " + named.getParent(), e);
        } catch (AccessDeniedException e) {
            throw new IOException(named + " can't be made, access is denied", e);
        } catch (FileSystemException e) { // else it would name the part
            throw new IOException(named + " can't be made: " + e.getReason(), e);
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
