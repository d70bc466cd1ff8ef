package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import zonal.agent.apps.Hello;
import zonal.agent.apps.JdkMemory;
import zonal.agent.apps.Semantics;

class SilenceIT {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-Xshare:auto",
                "-Xint",
                "-Xcheck:jni",
                "-XX:+UseSerialGC",
                "-XX:+UseParallelGC",
                "-XX:+UseZGC",
                "-XX:TieredStopAtLevel=1",
                "--illegal-native-access=deny",
                "-XX:-UseCompressedOops",
            })
    void theApplicationsOutputIsByteForByteTheSame(String option) throws Exception {
        for (Class<?> app : new Class<?>[] {Hello.class, JdkMemory.class}) {
            Jvm.Result stock = new Jvm(folder).option(option).app(app).run();
            Jvm.Result zonal = new Jvm(folder).option(option).agent().app(app).run();
            assertEquals(stock, zonal);
            assertEquals(0, zonal.exitCode());
        }
    }

    @Test
    void unsafeAnswersAsStockAtEveryEdge() throws Exception {
        Jvm.Result stock = new Jvm(folder).app(Semantics.class).run();
        Jvm.Result zonal = new Jvm(folder).agent().app(Semantics.class).run();
        assertEquals(stock, zonal);
        assertEquals(0, zonal.exitCode());
        assertTrue(zonal.out().contains("allocate 0 -> 0\n"), zonal.out());
        assertTrue(zonal.out().contains("[old block: 24301] reallocate a block to 1152921504606846976 -> "));
    }

    @Test
    void neitherLoggingNorManagementIsTouchedBeforeTheApplicationDoes() throws Exception {
        Path log = folder.resolve("classes.txt");
        new Jvm(folder)
                .agent()
                .option("-Xlog:class+load:file=" + log)
                .app(Hello.class)
                .run();
        String classes = Files.readString(log);
        assertTrue(classes.contains("zonal.allocator.Allocator"));
        assertFalse(classes.contains("java.util.logging."));
        assertFalse(classes.contains("javax.management.MBeanServer "));
        assertFalse(classes.contains("java.lang.management.ManagementFactory "));
    }

    @Test
    void ofTheAgentTheClassPathShowsOnlyTheGate() throws Exception {
        try (JarFile jar = new JarFile(Jvm.AGENT_JAR.toFile())) {
            jar.stream()
                    .map(JarEntry::getName)
                    .filter(name -> !name.endsWith("/"))
                    .filter(name -> !name.startsWith("inst/") && !name.startsWith("boot/"))
                    .filter(name -> !name.startsWith("META-INF/"))
                    .forEach(name -> assertEquals("zonal/agent/ZonalAgent.class", name));
            assertFalse(jar.stream().anyMatch(entry -> entry.getName().contains("META-INF/services/")));
        }
    }

    @Test
    void theJarMayLieInAFolderWithAnAwkwardName() throws Exception {
        Path awkward = Files.createDirectory(folder.resolve("a b+c%20d#e"));
        Path jar = Files.copy(Jvm.AGENT_JAR, awkward.resolve("zonal-agent.jar"));
        Jvm.Result result = new Jvm(folder)
                .option("-javaagent:" + jar + "=dump-on-exit=dump.txt")
                .app(Hello.class)
                .run();
        assertEquals(new Jvm.Result(0, "hello\n", "hello, too\n"), result);
        Listing.parse(Files.readString(folder.resolve("dump.txt")));
    }

    @Test
    void runAsAProgramTheJarTellsWhatItIs() throws Exception {
        Jvm.Result result =
                new Jvm(folder).command("-jar", Jvm.AGENT_JAR.toString()).run();
        assertEquals(0, result.exitCode());
        assertEquals("", result.err());
        assertTrue(result.out().contains("-javaagent:zonal-agent.jar"), result.out());
    }
}
