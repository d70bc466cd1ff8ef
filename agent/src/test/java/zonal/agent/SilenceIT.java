package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import zonal.agent.apps.Everything;
import zonal.agent.apps.Hello;
import zonal.agent.apps.Semantics;

class SilenceIT {
    private static final Path C_SOURCE = Path.of("src/test/c/native_memory.c");

    @TempDir
    static Path shared;

    private static final List<String> LIBRARY = new ArrayList<>();

    @TempDir
    Path folder;

    /** Where there is a C compiler, every run uses JNI, too. */
    @BeforeAll
    static void compileTheLibrary() throws Exception {
        Path include = Path.of(System.getProperty("java.home"), "include");
        Path library = shared.resolve("libnative_memory.so");
        List<String> words = List.of(
                "gcc",
                "-shared",
                "-fPIC",
                "-I" + include,
                "-I" + include.resolve("linux"),
                "-o",
                library.toString(),
                C_SOURCE.toAbsolutePath().toString());
        LIBRARY.clear();
        try {
            if (Jvm.execute(shared, words.toArray()).exitCode() == 0) {
                LIBRARY.add("-D" + Everything.LIBRARY + "=" + library);
            }
        } catch (IOException e) {
            // no compiler
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-Xshare:auto",
                "-Xshare:off",
                "-Xint",
                "-Xcheck:jni",
                "-XX:+UseSerialGC",
                "-XX:+UseParallelGC",
                "-XX:+UseG1GC",
                "-XX:+UseZGC",
                "-XX:+UseShenandoahGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UseCompressedOops",
                "-XX:+UseCompactObjectHeaders",
                "-XX:+UnlockDiagnosticVMOptions -XX:+BytecodeVerificationLocal",
                "--illegal-native-access=deny",
                "--sun-misc-unsafe-memory-access=allow",
                "--sun-misc-unsafe-memory-access=debug",
                "--sun-misc-unsafe-memory-access=deny",
                "-Djava.util.logging.manager=zonal.agent.apps.LoudLogManager",
                "-Djava.util.logging.manager=zonal.no.SuchManager",
                "-Djavax.management.builder.initial=zonal.agent.apps.LoudServerBuilder",
                "-Djavax.management.builder.initial=zonal.no.SuchBuilder",
                "-enableassertions -enablesystemassertions",
            })
    void theApplicationsOutputIsByteForByteTheSame(String options) throws Exception {
        String[] words = options.split(" ", -1);
        Jvm stock = new Jvm(folder).option(words).option(library()).app(Everything.class);
        Jvm zonal = new Jvm(folder).option(words).option(library()).agent().app(Everything.class);
        try (Jvm.Running runningStock = stock.start();
                Jvm.Running runningZonal = zonal.start()) {
            Jvm.Result expected = runningStock.join();
            assumeFalse(expected.err().contains("not supported"), options + " is not in this JVM");
            Jvm.Result result = runningZonal.join();
            assertEquals(expected, result);
            assertEquals(0, result.exitCode(), result.err());
        }
    }

    /** What the runs above rest on: that the program does what its name says. */
    @Test
    void theProgramUsesEachWayToMemory() throws Exception {
        Jvm.Result result =
                new Jvm(folder).option(library()).agent().app(Everything.class).run();
        for (String part : List.of(
                "base: done",
                "bad argument: java.lang.IllegalArgumentException",
                "closed arena: java.lang.IllegalStateException",
                "downcall: 12",
                "channels: over a socket",
                "logging: java.util.logging.LogManager",
                "management: com.sun.jmx.mbeanserver.JmxMBeanServer DefaultDomain",
                "xml: b")) {
            assertTrue(result.out().contains(part), part + " is not in\n" + result.out() + result.err());
        }
        assumeFalse(LIBRARY.isEmpty(), "no gcc: nothing of JNI was tested");
        assertTrue(result.out().contains("jni: "), result.out());
    }

    private static String[] library() {
        return LIBRARY.toArray(new String[0]);
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
        String classes = Jvm.classesOfHello(folder);
        assertTrue(classes.contains("zonal.allocator.Allocator"));
        assertFalse(classes.contains("java.util.logging."));
        assertFalse(classes.contains("javax.management.MBeanServer "));
        assertFalse(classes.contains("java.lang.management.ManagementFactory "));
    }

    /** It would be most of the start. */
    @Test
    void nothingOfTheLinkerIsLoadedWhereTheSystemIsCalledWithoutIt() throws Exception {
        assumeTrue(System.getProperty("os.arch").equals("amd64"), "elsewhere the system is called through the linker");
        String classes = Jvm.classesOfHello(folder);
        assertTrue(classes.contains("zonal.allocator.DirectDowncall "), "the test looked at nothing");
        assertFalse(classes.contains("jdk.internal.foreign.FunctionDescriptorImpl "));
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
        Jvm.Result result = new Jvm(folder)
                .command("-jar", Jvm.AGENT_JAR.toString(), "help")
                .run();
        assertEquals(0, result.exitCode());
        assertEquals("", result.err());
        assertTrue(result.out().contains("-javaagent:zonal-agent.jar"), result.out());
    }
}
