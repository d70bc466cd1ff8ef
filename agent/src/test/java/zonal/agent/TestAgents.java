package zonal.agent;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import net.bytebuddy.ByteBuddy;

/** Packages agents of {@code zonal.agent.apps} as jars, with Byte Buddy on their class path. */
final class TestAgents {
    private TestAgents() {}

    /** Makes a jar in {@code folder} with the agent and its nested classes. */
    static Path jar(Path folder, Class<?> agent) throws IOException, URISyntaxException {
        Path file = folder.resolve(agent.getSimpleName() + ".jar");
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.put(Attributes.Name.CLASS_PATH, locationOf(ByteBuddy.class).toString());
        attributes.putValue("Premain-Class", agent.getName());
        attributes.putValue("Agent-Class", agent.getName());
        attributes.putValue("Can-Redefine-Classes", "true");
        attributes.putValue("Can-Retransform-Classes", "true");
        String own = agent.getSimpleName();
        try (OutputStream out = Files.newOutputStream(file);
                JarOutputStream jar = new JarOutputStream(out, manifest);
                Stream<Path> classes = Files.list(Jvm.TEST_CLASSES.resolve("zonal/agent/apps"))) {
            List<Path> files = classes.sorted().toList();
            for (Path entry : files) {
                String name = entry.getFileName().toString();
                if (name.equals(own + ".class") || name.startsWith(own + "$")) {
                    jar.putNextEntry(new JarEntry("zonal/agent/apps/" + name));
                    jar.write(Files.readAllBytes(entry));
                }
            }
        }
        return file;
    }

    static URI locationOf(Class<?> type) throws URISyntaxException {
        return type.getProtectionDomain().getCodeSource().getLocation().toURI();
    }
}
