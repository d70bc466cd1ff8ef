package zonal.samples.jvm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code jcmd} of the running JDK, as a person would type it. */
public final class Jcmd {

    private Jcmd() {}

    /** The command that has a JVM write {@code show_alloc_mem} to a file. */
    public static List<String> dumpCommand(long pid, Path agent, Path file) {
        return List.of(
                JavaCommand.tool("jcmd").toString(),
                Long.toString(pid),
                "JVMTI.agent_load",
                quoted(agent.toAbsolutePath().toString()),
                quoted("show_alloc_mem:" + file.toAbsolutePath()));
    }

    /** As the JVM, which takes the words apart anew, must see it. */
    private static String quoted(String word) {
        return word.contains(" ") ? '"' + word + '"' : word;
    }

    /** Has a JVM write its dump to {@code file}, which must not exist yet, and answers what {@code jcmd} printed. */
    public static String dump(long pid, Path agent, Path file) throws IOException, InterruptedException {
        Process jcmd = JavaCommand.builder(dumpCommand(pid, agent, file))
                .redirectErrorStream(true)
                .start();
        String printed = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int exit = jcmd.waitFor();
        if (exit != 0 || !Files.isRegularFile(file)) {
            throw new IOException("jcmd made no dump (exit code " + exit + "): " + printed.strip());
        }
        return printed;
    }
}
