package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import zonal.agent.apps.HeapStaysFull;
import zonal.agent.apps.Hello;

class DumpOnExitIT {
    @TempDir
    Path folder;

    @Test
    void aDashWritesToStderr() throws Exception {
        Jvm.Result result =
                new Jvm(folder).agent("dump-on-exit=-").app(Hello.class).run();
        assertEquals(0, result.exitCode());
        assertEquals("hello\n", result.out());
        String first = "hello, too\n";
        assertEquals(first, result.err().substring(0, first.length()));
        Listing.parse(result.err().substring(first.length()));
    }

    @Test
    void aFileIsWrittenInTheWorkingDirectory() throws Exception {
        Jvm.Result result =
                new Jvm(folder).agent("dump-on-exit=exit.txt").app(Hello.class).run();
        assertEquals(new Jvm.Result(0, "hello\n", "hello, too\n"), result);
        Listing.parse(Files.readString(folder.resolve("exit.txt")));
    }

    @Test
    void aFileThatExistsIsLeftAloneAndOneLineSaysSo() throws Exception {
        Path file = Files.writeString(folder.resolve("exit.txt"), "old");
        Jvm.Result result =
                new Jvm(folder).agent("dump-on-exit=exit.txt").app(Hello.class).run();
        assertEquals(0, result.exitCode());
        assertEquals(
                "hello, too\nzonal: no dump on exit, " + file + " exists already, a dump is always a new file\n",
                result.err());
        assertEquals("old", Files.readString(file));
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
