package zonal.samples.jvm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The agent that the sample apps run under: the jar that the system property {@code zonal.agent.jar} names. */
public final class AgentJar {

    private static final String PROPERTY = "zonal.agent.jar";

    private AgentJar() {}

    /** The jar's real path. */
    public static Path find() throws IOException {
        Path jar = Path.of(System.getProperty(PROPERTY, "zonal-agent.jar"));
        if (!Files.isRegularFile(jar)) {
            throw new IOException("no agent at " + jar.toAbsolutePath() + ": build it, or name it with -D" + PROPERTY);
        }
        return jar.toRealPath();
    }
}
