package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import zonal.agent.apps.HeapStaysFull;
import zonal.agent.apps.Hello;

class DumpOnExitIT {
    @TempDir
    Path folder;

    /** The application takes nothing, and of what the agent took to look whether it works nothing is left. */
    @Test
    void aDashWritesToStderr() throws Exception {
        Jvm.Result result =
                new Jvm(folder).agent("dump-on-exit=-").app(Hello.class).run();
        assertEquals(0, result.exitCode());
        assertEquals("hello\n", result.out());
        String first = "hello, too\n";
        assertEquals(first, result.err().substring(0, first.length()));
        assertEquals(0, Listing.parse(result.err().substring(first.length())).total());
    }

    @Test
    void aFileIsWrittenInTheWorkingDirectory() throws Exception {
        Jvm.Result result =
                new Jvm(folder).agent("dump-on-exit=exit.txt").app(Hello.class).run();
        assertEquals(new Jvm.Result(0, "hello\n", "hello, too\n"), result);
        Listing.parse(Files.readString(folder.resolve("exit.txt")));
    }

    @Test
    void aFileThatExistsIsReplacedByOneForTheOwnerAlone() throws Exception {
        Path file = Files.writeString(folder.resolve("exit.txt"), "old");
        Path other = Files.createLink(folder.resolve("other name.txt"), file);
        assertReplaced(file);
        assertEquals("old", Files.readString(other));
        assertReplaced(file); // a service that starts again with the options it has
    }

    /** Of links, too: {@code /dev/stdout} is one, and root could replace it. */
    @Test
    void whatIsNoFileStaysAndOneLineSaysSo() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertEquals(0, Jvm.execute(folder, "mkfifo", pipe).exitCode());
        Path precious = Files.writeString(folder.resolve("precious.txt"), "precious");
        Path link = Files.createSymbolicLink(folder.resolve("link"), precious);
        Path toNothing = Files.createSymbolicLink(folder.resolve("to-nothing"), folder.resolve("nothing"));
        for (Path there : List.of(Files.createDirectory(folder.resolve("folder")), pipe, link, toNothing)) {
            Object before = Files.getAttribute(there, "unix:ino", LinkOption.NOFOLLOW_LINKS);
            assertRefused(there + " stays, it is no file", there);
            assertEquals(before, Files.getAttribute(there, "unix:ino", LinkOption.NOFOLLOW_LINKS));
        }
        assertEquals("precious", Files.readString(precious));
    }

    @Test
    void whereItCannotBeWrittenTheOldOneStaysAndNoPartOfTheNewOne() throws Exception {
        Path file = Files.writeString(folder.resolve("exit.txt"), "old");
        assertRefused(
                folder.resolve("no/exit.txt") + " can't be made, there is no folder " + folder.resolve("no"),
                folder.resolve("no/exit.txt"));
        IOException failure = assertThrows(
                IOException.class,
                () -> NewFile.replace("dump", file.toString(), stream -> {
                    stream.write('x');
                    throw new IOException("No space left on device");
                }));
        assertEquals(file + " stays as it was: No space left on device", failure.getMessage());
        assertEquals("old", Files.readString(file));
        assertNothingPartial();
    }

    private void assertReplaced(Path file) throws Exception {
        Jvm.Result result = end(file);
        assertEquals(new Jvm.Result(0, "hello\n", "hello, too\n"), result);
        assertTrue(Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        Listing.parse(Files.readString(file));
        assertNothingPartial();
    }

    private void assertRefused(String why, Path file) throws Exception {
        assertEquals(new Jvm.Result(0, "hello\n", "hello, too\nzonal: no dump on exit, " + why + "\n"), end(file));
        assertNothingPartial();
    }

    private Jvm.Result end(Path file) throws Exception {
        return new Jvm(folder).agent("dump-on-exit=" + file).app(Hello.class).run();
    }

    private void assertNothingPartial() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            assertTrue(files.noneMatch(file -> file.toString().endsWith(".part")));
        }
    }

    /** Whether there is room for the dump, for a line, or for neither: no stack trace is printed, and no handler of the application's called. */
    @ParameterizedTest
    @ValueSource(ints = {1, 1_000, 20_000, 100_000, 400_000})
    void whereTheJavaHeapIsFullItIsALineAtMost(int room) throws Exception {
        Jvm.Result result = new Jvm(folder)
                .agent("dump-on-exit=exit.txt")
                .option("-Xmx12m", "-XX:+UseSerialGC")
                .app(HeapStaysFull.class, Integer.toString(room))
                .run();
        assertEquals("", result.out());
        assertFalse(result.err().contains("zonal-dump-on-exit"), result.err());
        // What the JVM says of its own of the application's end, and of classes that it had no room to ask the agent
        // about, is not ours.
        List<String> ours =
                result.err().lines().filter(line -> line.contains("zonal")).toList();
        assertTrue(ours.size() <= 1, result.err());
        assertTrue(ours.stream().allMatch(line -> line.startsWith("zonal: no dump on exit, ")), result.err());
    }
}
