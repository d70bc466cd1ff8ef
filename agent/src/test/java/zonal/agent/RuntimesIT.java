package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.DataInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import zonal.agent.apps.Everything;

class RuntimesIT {
    private static final String LINE_ON_OLD_JAVA =
            "zonal: not installed, the application runs without it: it needs Java 25";

    @TempDir
    Path folder;

    @Test
    void onAnOlderJavaOneLineIsPrintedAndTheApplicationRunsUnchanged() throws Exception {
        Path oldJava = Jvm.oldJava(folder);
        assumeTrue(oldJava != null, "no java older than 25 on the PATH");
        if (oldJava != null) {
            // As source: the test classes are too new for it.
            Path source = folder.resolve("Old.java");
            Files.writeString(source, """
                    public class Old {
                        public static void main(String[] arguments) {
                            System.out.println("runs " + java.nio.ByteBuffer.allocateDirect(100).capacity());
                            System.err.println("its own line");
                        }
                    }
                    """);
            Jvm.Result stock =
                    new Jvm(folder).java(oldJava).command(source.toString()).run();
            Jvm.Result zonal = new Jvm(folder)
                    .java(oldJava)
                    .agent("colour=red")
                    .command(source.toString())
                    .run();
            assertEquals(0, zonal.exitCode());
            assertEquals(stock.out(), zonal.out());
            assertTrue(zonal.err().startsWith(LINE_ON_OLD_JAVA), zonal.err());
            assertEquals(stock.err(), zonal.err().lines().skip(1).findFirst().orElse("") + "\n");
            assertEquals(2, zonal.err().lines().count());
        }
    }

    @Test
    void inAnImageWithoutManagementMemoryIsServedAndOnlyTheBeanIsMissing() throws Exception {
        Path java = Jvm.link(folder, "java.base,java.instrument");
        Jvm.Result stock = new Jvm(folder).java(java).app(Everything.class).run();
        Path dump = folder.resolve("dump.txt");
        Jvm.Result zonal = new Jvm(folder)
                .java(java)
                .agent("dump-on-exit=" + dump)
                .app(Everything.class)
                .run();
        assertEquals(stock, zonal);
        assertEquals(0, zonal.exitCode());
        assertTrue(Listing.parse(Files.readString(dump)).total() > 0);
    }

    @Test
    void aSystemThatZonalDoesNotKnowIsNamed() {
        String hotSpot = "OpenJDK 64-Bit Server VM";
        assertEquals(null, ZonalAgent.unsupported(hotSpot, "25", "Linux", "amd64"));
        assertEquals(null, ZonalAgent.unsupported("Java HotSpot(TM) 64-Bit Server VM", "26", "Linux", "aarch64"));
        assertEquals(
                "it needs the HotSpot JVM, this is Eclipse OpenJ9 VM",
                ZonalAgent.unsupported("Eclipse OpenJ9 VM", "25", "Linux", "amd64"));
        assertEquals(
                "it needs Java 25 or later, this is Java 1.8",
                ZonalAgent.unsupported(hotSpot, "1.8", "Linux", "amd64"));
        assertEquals(
                "it needs Java 25 or later, this is Java 24", ZonalAgent.unsupported(hotSpot, "24", "Linux", "amd64"));
        assertEquals(
                "macOS is not supported, Zonal was never run on it",
                ZonalAgent.unsupported(hotSpot, "25", "Mac OS X", "aarch64"));
        assertEquals(
                "it needs Linux on x86-64 or aarch64, this is Windows 11 on amd64",
                ZonalAgent.unsupported(hotSpot, "25", "Windows 11", "amd64"));
        assertEquals(
                "it needs Linux on x86-64 or aarch64, this is Linux on ppc64le",
                ZonalAgent.unsupported(hotSpot, "25", "Linux", "ppc64le"));
    }

    /** The oldest Java that could be given the jar says in a line that it is too old, instead of that it can't read a class. */
    @Test
    void theGateIsReadByJava8() throws Exception {
        try (JarFile jar = new JarFile(Jvm.AGENT_JAR.toFile());
                DataInputStream gate =
                        new DataInputStream(jar.getInputStream(jar.getEntry("zonal/agent/ZonalAgent.class")))) {
            assertEquals(0xcafebabe, gate.readInt());
            assertEquals(52, gate.readInt(), "version of the class file");
        }
    }
}
