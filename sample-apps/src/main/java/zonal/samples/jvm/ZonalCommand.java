package zonal.samples.jvm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Zonal's command line, {@code java -jar zonal-agent.jar}, as a person would type it. */
public final class ZonalCommand {

    private ZonalCommand() {}

    /**
     * Runs it to its end.
     *
     * @return what it printed
     * @throws IOException with what it printed, if its exit code is not 0
     */
    public static String run(Path agent, Object... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(JavaCommand.tool("java").toString());
        command.add("-jar");
        command.add(agent.toAbsolutePath().toString());
        for (Object word : words) {
            command.add(word.toString());
        }
        Process process = JavaCommand.builder(command).redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int exit = process.waitFor();
        if (exit != 0) {
            throw new IOException(String.join(" ", command) + ": exit code " + exit + ": " + printed.strip());
        }
        return printed;
    }
}
