package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import zonal.agent.apps.ClassPathView;
import zonal.agent.apps.Hello;
import zonal.agent.apps.Holder;
import zonal.agent.apps.LibraryUser;
import zonal.allocator.Allocator;

class IsolationIT {
    private static final String VISIBLE = "visible: ";

    @TempDir
    Path folder;

    /**
     * Of each name in the jar, with and without the folder it lies in: a class path finds the gate, the manifest (which every jar has), and the
     * inner folders' files by the odd names they have there. The hook and the allocator are found where the JDK finds them, in the boot loader.
     */
    @Test
    void aClassPathFindsTheGateAndNoOtherClassOrResource() throws Exception {
        Jvm.Result result = view(new Jvm(folder).agent());
        assertEquals(0, result.exitCode(), result.err());
        List<String> found = new ArrayList<>();
        int inBootLoader = 0;
        for (String line : result.out().lines().toList()) {
            if (line.startsWith(VISIBLE + "zonal.allocator.") || line.startsWith(VISIBLE + "zonal.agent.hook.")) {
                assertTrue(line.endsWith(" to all, as the JDK"), line);
                inBootLoader++;
            } else if (line.startsWith(VISIBLE)) {
                String name = line.substring(VISIBLE.length());
                if (!name.startsWith("inst/") && !name.startsWith("boot/")) {
                    found.add(name);
                }
            }
        }
        assertEquals(List.of("META-INF/MANIFEST.MF", "zonal/agent/ZonalAgent.class", "zonal.agent.ZonalAgent"), found);
        assertTrue(inBootLoader > 10, "the test looked at nothing");
    }

    @Test
    void propertiesModulesProvidersAndThreadsOfTheApplicationAreAsWithoutTheAgent() throws Exception {
        Jvm.Result stock = view(new Jvm(folder));
        Jvm.Result zonal = view(new Jvm(folder).agent());
        assertEquals(withoutTheJar(stock), withoutTheJar(zonal));
        assertEquals(stock.err(), zonal.err());
    }

    /** The library on the class path gives way to the agent's own, which needs no native access. */
    @Test
    void theLibraryUnderTheAgentIsTheAgentsAndNeedsNoFlag() throws Exception {
        try (Jvm.Running running = new Jvm(folder)
                .agent()
                .option("--illegal-native-access=deny")
                .app(LibraryUser.class)
                .option("-cp", Jvm.TEST_CLASSES + File.pathSeparator + Path.of(TestAgents.locationOf(Allocator.class)))
                .start()) {
            running.awaitLine("ready");
            running.proceed();
            Jvm.Result result = running.join();
            assertEquals(0, result.exitCode(), result.err());
            assertEquals("true", Jvm.line(result.out(), "listed "));
            assertEquals("true", Jvm.line(result.out(), "owns "));
            assertEquals("", result.err());
        }
    }

    /** Of the application's class path the agent sees nothing, whatever names it has there. */
    @Test
    void aClassOfTheApplicationWithTheNameOfOneOfTheAgentIsNotTheAgents() throws Exception {
        Path other = Files.createDirectories(folder.resolve("classes/zonal/agent"));
        for (String name : List.of("Installation", "UnsafeWeave", "DumpOnExit")) {
            Files.writeString(other.resolve(name + ".class"), "none of Zonal's");
        }
        Jvm.Result result = new Jvm(folder)
                .agent("dump-on-exit=dump.txt")
                .app(Hello.class)
                .option("-cp", Jvm.TEST_CLASSES + File.pathSeparator + folder.resolve("classes"))
                .run();
        assertEquals(new Jvm.Result(0, "hello\n", "hello, too\n"), result);
        Listing.parse(Files.readString(folder.resolve("dump.txt")));
    }

    /** A module's packages are found before the boot loader's classes, by each of the JDK's loaders: the application has an allocator of its own then. */
    @Test
    void whereTheLibraryIsAModuleOfTheApplicationTheAgentKeepsToItsOwn() throws Exception {
        Path library = Path.of(TestAgents.locationOf(Allocator.class));
        if (Files.isDirectory(library)) { // it is no module
            Path jar = folder.resolve("zonal-allocator.jar");
            Jvm.execute(folder, Jvm.tool("jar"), "--create", "--file", jar, "-C", library, ".");
            library = jar;
        }
        try (Jvm.Running running = new Jvm(folder)
                .agent("dump-on-exit=dump.txt")
                .option("--module-path", library.toString(), "--add-modules", "ALL-MODULE-PATH")
                .app(Holder.class)
                .start()) {
            running.awaitLine("ready");
            running.proceed();
            Jvm.Result result = running.join();
            assertEquals(0, result.exitCode(), result.err());
            assertEquals("", ManagementIT.withoutUnsafeWarning(result.err()));
            assertTrue(Listing.parse(Files.readString(folder.resolve("dump.txt")))
                    .large()
                    .contains((long) Holder.DIRECT_BUFFER));
        }
    }

    /** An application's own Byte Buddy is of its own version, and so are the classes it finds. */
    @Test
    void theByteBuddyInsideHasANameOfItsOwn() throws Exception {
        String classes = Jvm.classesOfHello(folder);
        assertTrue(classes.contains("zonal.agent.shaded.bytebuddy.jar.asm.ClassReader "), "the test looked at nothing");
        assertFalse(classes.contains(" net.bytebuddy."), "loaded under its own name");
    }

    private static Jvm.Result view(Jvm jvm) throws Exception {
        return jvm.app(ClassPathView.class, Jvm.AGENT_JAR.toString()).run();
    }

    private static List<String> withoutTheJar(Jvm.Result result) {
        return result.out().lines().filter(line -> !line.startsWith(VISIBLE)).toList();
    }
}
