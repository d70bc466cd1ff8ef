package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import zonal.agent.apps.Holder;

/** What the tests of {@code java -jar zonal-agent.jar} have in common: they call it on real JVMs. */
abstract class CommandLineCase {
    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int NO_JVM = 3;
    static final int NO_AGENT = 4;

    @TempDir
    Path folder;

    /** Where the target runs: what it does by itself must not be mixed up with what the command does. */
    Path there = Path.of("");

    /** Where the command keeps what it needs for a moment. */
    Path temporary = Path.of("");

    @BeforeEach
    void makeFolders() throws Exception {
        there = Files.createDirectory(folder.resolve("there"));
        temporary = Files.createDirectory(folder.resolve("temporary"));
    }

    Jvm jvm() {
        return new Jvm(folder).in(there);
    }

    static Jvm.Running holder(Jvm jvm) throws Exception {
        Jvm.Running running = jvm.app(Holder.class).start();
        running.awaitLine("ready");
        return running;
    }

    Jvm.Result zonal(Object... words) throws Exception {
        String[] call = Arrays.stream(words).map(String::valueOf).toArray(String[]::new);
        List<String> command = new ArrayList<>(List.of("-jar", Jvm.AGENT_JAR.toString()));
        command.addAll(List.of(call));
        return new Jvm(folder)
                .option("-Djava.io.tmpdir=" + temporary)
                .command(command.toArray(String[]::new))
                .run();
    }

    static Jvm.Result succeeded(Jvm.Result result) {
        assertEquals(0, result.exitCode(), result.err());
        assertEquals("", result.err());
        return result;
    }

    static void assertFailed(int exitCode, String message, Jvm.Result result) {
        assertEquals(exitCode, result.exitCode(), result.out() + result.err());
        assertEquals(1, result.err().lines().count(), result.err());
        assertTrue(result.err().startsWith("zonal: "), result.err());
        assertTrue(result.err().contains(message), result.err());
    }

    static void assertLine(String text, String pattern) {
        assertTrue(text.lines().anyMatch(line -> line.matches(pattern)), "no line " + pattern + " in:\n" + text);
    }

    /** The target's own streams are its own, whoever looks. */
    static void assertNothingSaid(Jvm.Running... targets) {
        for (Jvm.Running target : targets) {
            assertEquals("ready\n", target.out());
            String err = ManagementIT.withoutUnsafeWarning(target.err());
            assertEquals("", err);
            assertFalse(target.err().contains("agent has been loaded"), target.err());
        }
    }
}
