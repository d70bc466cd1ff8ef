package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import zonal.agent.apps.Everything;
import zonal.agent.apps.Hello;
import zonal.agent.apps.IdleAgent;

/** Archives of classes and ahead-of-time caches: made without the agent, and made with it on the command line. */
class AheadOfTimeIT {
    private static final String STANDS_ASIDE =
            "zonal: not installed, the application runs without it: this JVM records an ahead-of-time cache";

    @TempDir
    Path folder;

    @Test
    void theAgentStandsAsideWhileACacheIsRecordedAndServesTheJvmsThatUseIt() throws Exception {
        Path jar = jarOfTheApplications();
        Path cache = folder.resolve("app.aot");
        Jvm.Result recording =
                hello(new Jvm(folder).option("-XX:AOTCacheOutput=" + cache).agent(), jar);
        assertTrue(recording.out().startsWith("hello\n"), recording.out());
        assertEquals(1, linesOfZonal(recording).size(), recording.err());
        assertTrue(linesOfZonal(recording).getFirst().startsWith(STANDS_ASIDE), recording.err());
        assertEquals(0, recording.exitCode(), recording.err());
        assertServesJvmsThatUse(cache, jar);
    }

    @Test
    void theSameInTwoSteps() throws Exception {
        Path jar = jarOfTheApplications();
        Path cache = folder.resolve("app.aot");
        String configuration = "-XX:AOTConfiguration=" + folder.resolve("app.aotconf");
        Jvm.Result recording = hello(
                new Jvm(folder).option("-XX:AOTMode=record", configuration).agent(), jar);
        assertEquals(1, linesOfZonal(recording).size(), recording.err());
        assertEquals(0, recording.exitCode(), recording.err());

        Jvm assembler = new Jvm(folder).option("-XX:AOTMode=create", configuration, "-XX:AOTCache=" + cache);
        Jvm.Result assembling = hello(assembler.agent(), jar);
        assertEquals(List.of(), linesOfZonal(assembling));
        assertEquals(0, assembling.exitCode(), assembling.out() + assembling.err());
        assertServesJvmsThatUse(cache, jar);
    }

    private void assertServesJvmsThatUse(Path cache, Path jar) throws Exception {
        // AOTMode=on: a cache that is of no use here would end the JVM.
        Jvm user = new Jvm(folder).option("-XX:AOTCache=" + cache, "-XX:AOTMode=on");
        Jvm.Result using = hello(user.agent("dump-on-exit=exit.txt"), jar);
        assertEquals(new Jvm.Result(0, "hello\n", "hello, too\n"), using);
        Listing.parse(Files.readString(folder.resolve("exit.txt"))); // Zonal is on
    }

    private static Jvm.Result hello(Jvm jvm, Path jar) throws Exception {
        return jvm.command("-cp", jar.toString(), Hello.class.getName()).run();
    }

    private static List<String> linesOfZonal(Jvm.Result result) {
        return result.err().lines().filter(line -> line.startsWith("zonal: ")).toList();
    }

    /** An archive that was made without an agent is not quite the right one under any, and the JVM says so: as it would without us. */
    @Test
    void withAnArchiveOfTheApplicationsClassesTheOutputIsAsUnderAnAgentThatDoesNothing() throws Exception {
        Path archive = folder.resolve("app.jsa");
        onAnArchive("-XX:ArchiveClassesAtExit=" + archive, archive, "-XX:SharedArchiveFile=" + archive);
    }

    @Test
    void withAnAheadOfTimeCacheTheOutputIsAsUnderAnAgentThatDoesNothing() throws Exception {
        Path cache = folder.resolve("app.aot");
        onAnArchive("-XX:AOTCacheOutput=" + cache, cache, "-XX:AOTCache=" + cache);
    }

    private void onAnArchive(String toMake, Path made, String toUse) throws Exception {
        String idle = "-javaagent:" + TestAgents.jar(folder, IdleAgent.class);
        String[] application = {"-cp", jarOfTheApplications().toString(), Everything.class.getName()};
        Jvm.Result making = new Jvm(folder).option(toMake).command(application).run();
        assumeTrue(Files.exists(made), making.out() + making.err());
        Jvm.Result expected =
                new Jvm(folder).option(toUse, idle).command(application).run();
        Jvm.Result zonal =
                new Jvm(folder).option(toUse).agent().command(application).run();
        assertEquals(withoutUptime(expected), withoutUptime(zonal));
        assertEquals(0, zonal.exitCode());
        assertTrue(zonal.out().contains("base: done"), zonal.out());
    }

    private static Jvm.Result withoutUptime(Jvm.Result result) {
        String uptime = "(?m)^\\[[0-9.,]+s]";
        return new Jvm.Result(
                result.exitCode(),
                result.out().replaceAll(uptime, ""),
                result.err().replaceAll(uptime, ""));
    }

    /** A class path of folders can't be archived. */
    private Path jarOfTheApplications() throws IOException {
        Path jar = folder.resolve("app.jar");
        Path classes = Jvm.TEST_CLASSES.resolve("zonal/agent/apps");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> files = Files.list(classes)) {
            for (Path file : files.sorted().toList()) {
                out.putNextEntry(new JarEntry("zonal/agent/apps/" + file.getFileName()));
                out.write(Files.readAllBytes(file));
            }
        }
        return jar;
    }
}
