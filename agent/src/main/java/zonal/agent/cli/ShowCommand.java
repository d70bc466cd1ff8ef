package zonal.agent.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.ClosedDirectoryStreamException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;

/**
 * The list of live blocks. Always by way of a file that the JVM writes, so that a million blocks take no Java heap there; without a name it is a
 * file of our own, which is copied to stdout.
 */
final class ShowCommand {
    private static final Path NAME = Path.of("show_alloc_mem.txt");

    private ShowCommand() {}

    static void run(JavaProcess process, Command command, List<String> arguments, Output out)
            throws CommandFailure, IOException {
        String operation = command == Command.SHOW ? "dump" : "dumpExtended";
        if (arguments.isEmpty()) {
            copy(process, operation, out);
        } else {
            FileCommand.run(process, operation, arguments.getFirst(), out);
        }
    }

    private static void copy(JavaProcess process, String operation, Output out) throws CommandFailure, IOException {
        try (Connection connection = Connection.open(process)) {
            Path folder = folder(process);
            // Held open: where root asks, the folder is about to be another user's, who may put another in its place.
            try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
                if (!(stream instanceof SecureDirectoryStream<Path> opened)) {
                    throw new IOException("this system opens no file by its folder");
                }
                Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder, opened), "zonal-cleaner"));
                try {
                    if (!process.isOurs()) {
                        Files.setAttribute(folder, "unix:uid", process.user(), LinkOption.NOFOLLOW_LINKS);
                    }
                    connection.write(operation, process.seenThere(folder.resolve(NAME)));
                    print(opened, out);
                } finally {
                    delete(folder, opened);
                }
            }
        }
    }

    /** Prints the file in a folder, and nothing that a link there leads to. */
    private static void print(SecureDirectoryStream<Path> folder, Output out) throws IOException {
        try (InputStream in = Channels.newInputStream(
                folder.newByteChannel(NAME, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)))) {
            byte[] buffer = new byte[1 << 16];
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                out.write(buffer, length);
            }
        }
        out.flush();
    }

    /**
     * A new one, for this user alone: where the JVM has a {@code /tmp} of its own, as a service or a container does, in that. Not for root
     * in another user's, who may put links there to what only root may change.
     */
    private static Path folder(JavaProcess process) throws CommandFailure, IOException {
        Path theirs = process.root().resolve("tmp");
        if (Files.isDirectory(theirs) && !Files.isSameFile(theirs, Path.of("/tmp"))) {
            if (!process.isOurs()) {
                throw new CommandFailure(
                        CommandFailure.FAILED,
                        process + " has a /tmp of its own: ask as its user, or name a file for it to write");
            }
            return folder(theirs);
        }
        return folder(Path.of(System.getProperty("java.io.tmpdir")));
    }

    private static Path folder(Path in) throws CommandFailure {
        try {
            return Files.createTempDirectory(in, "zonal");
        } catch (IOException e) {
            throw new CommandFailure(
                    CommandFailure.FAILED,
                    "in " + in + " no folder can be made for the list, name a file for it, or another place with"
                            + " java -Djava.io.tmpdir=FOLDER",
                    e);
        }
    }

    /** What is there still: at the end, or when the command is ended by Ctrl-C. */
    private static void delete(Path folder, SecureDirectoryStream<Path> opened) {
        try {
            opened.deleteFile(NAME);
        } catch (NoSuchFileException | ClosedDirectoryStreamException e) {
            // none was written, or it is deleted
        } catch (IOException e) {
            System.err.println("zonal: " + folder.resolve(NAME) + " stays: " + e.getMessage());
        }
        try {
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            System.err.println("zonal: " + folder + " stays: " + e.getMessage());
        }
    }
}
