package zonal.samples.jvm;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The command that starts a program of these sample apps as a JVM of its own: the running JDK, the running class path.
 *
 * @param flags options of the JVM
 * @param agent the agent's jar, or null to run stock
 * @param mainClass the program
 * @param arguments its arguments
 */
public record JavaCommand(List<String> flags, @Nullable Path agent, Class<?> mainClass, List<String> arguments) {

    public JavaCommand {
        flags = List.copyOf(flags);
        arguments = List.copyOf(arguments);
    }

    /** What starts it. */
    public ProcessBuilder builder() {
        List<String> command = new ArrayList<>();
        command.add(tool("java").toString());
        if (agent != null) {
            command.add("-javaagent:" + agent.toAbsolutePath());
        }
        command.addAll(flags);
        command.add("-cp");
        command.add(classPath());
        command.add(mainClass.getName());
        command.addAll(arguments);
        return builder(command);
    }

    /** What starts any command of a JDK: the environment's own JVM options are left out, so that none count but the command's. */
    public static ProcessBuilder builder(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        builder.environment().remove("JDK_JAVA_OPTIONS");
        builder.environment().remove("_JAVA_OPTIONS");
        return builder;
    }

    /** A program of the running JDK's {@code bin}. */
    static Path tool(String name) {
        return Path.of(System.getProperty("java.home"), "bin", name);
    }

    /** The running class path, absolute; a test runner may have put it elsewhere than into {@code java.class.path}. */
    private static String classPath() {
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> absolute = new ArrayList<>();
        for (String entry : path.split(File.pathSeparator, -1)) {
            absolute.add(Path.of(entry).toAbsolutePath().toString());
        }
        return String.join(File.pathSeparator, absolute);
    }
}
