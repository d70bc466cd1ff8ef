package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import zonal.agent.apps.Churn;
import zonal.agent.apps.Holder;

/** What can be said to a running JVM with {@code jcmd PID JVMTI.agent_load}. */
class CommandIT {
    private static final String SAID_BY_THE_JVM = "-XX:+EnableDynamicAgentLoading";

    @TempDir
    Path folder;

    private Path applicationFolder = Path.of("");

    @BeforeEach
    void makeFolder() throws Exception {
        applicationFolder = Files.createDirectory(folder.resolve("application"));
    }

    @Test
    void showAllocMemWritesANewFileInTheWorkingDirectoryOfTheTarget() throws Exception {
        try (Jvm.Running running = holder(true)) {
            load(running, "show_alloc_mem");
            Path file = onlyFile();
            String name = String.valueOf(file.getFileName());
            assertTrue(name.matches("zonal-" + running.pid() + "-[0-9-]+\\.txt"), name);
            assertTrue(Listing.parse(Files.readString(file)).large().contains((long) Holder.UNSAFE_LARGE));
            assertEquals("", ManagementIT.withoutUnsafeWarning(running.err()));
            assertEquals("ready\n", running.out());
        }
    }

    /** Where its initialiser failed for want of Java heap, the application could start no process any more. */
    @Test
    void aDumpUsesNoProcessHandle() throws Exception {
        try (Jvm.Running running = new Jvm(folder)
                .in(applicationFolder)
                .agent()
                .option(Jvm.LOG_OF_INITIALISERS)
                .app(Holder.class)
                .start()) {
            running.awaitLine("ready");
            for (String command : List.of("show_alloc_mem", "show_alloc_mem_ex", "report", "pprof", "collapsed")) {
                load(running, command);
            }
            try (Stream<Path> files = Files.list(applicationFolder)) {
                assertEquals(5, files.count());
            }
            assertFalse(running.out().contains(Jvm.PROCESS_HANDLE));
        }
    }

    @Test
    void theFileCanBeNamedAndTheExtendedFormAskedFor() throws Exception {
        try (Jvm.Running running = holder(true)) {
            load(running, "show_alloc_mem:plain.txt");
            load(running, "show_alloc_mem_ex:" + folder.resolve("extended.txt"));
            Listing.parse(Files.readString(applicationFolder.resolve("plain.txt")));
            assertTrue(Files.readString(folder.resolve("extended.txt")).contains(Holder.UNSAFE_LARGE + " bytes"));
            assertEquals("", ManagementIT.withoutUnsafeWarning(running.err()));
        }
    }

    @Test
    void aFileThatCannotBeMadeIsOneLineInTheTarget() throws Exception {
        try (Jvm.Running running = holder(true)) {
            Path file = Files.writeString(applicationFolder.resolve("old.txt"), "old");
            load(running, "show_alloc_mem:old.txt");
            assertEquals(
                    "zonal: no dump, " + file + " exists already, a dump is always a new file\n",
                    ManagementIT.withoutUnsafeWarning(running.err()));
            assertEquals("old", Files.readString(file));
        }
    }

    @Test
    void anUnknownCommandIsOneLineThatNamesWhatIsRight() throws Exception {
        try (Jvm.Running running = holder(true)) {
            load(running, "show_alloc");
            String line = ManagementIT.withoutUnsafeWarning(running.err());
            assertEquals(1, line.lines().count(), line);
            assertTrue(line.startsWith("zonal: unknown command \"show_alloc\""), line);
            assertTrue(line.contains(DumpCommand.USAGE + ", detach or attach"), line);
        }
    }

    @Test
    void loadedIntoAJvmWithoutTheAgentItIsInstalledThere() throws Exception {
        try (Jvm.Running running = holder(false)) {
            load(running, "show_alloc_mem");
            assertEquals(
                    "zonal: not installed in this JVM: load the jar without a command to install it\n",
                    ManagementIT.withoutUnsafeWarning(running.err()));
            load(running);
            load(running, "show_alloc_mem:late.txt");
            assertTrue(Files.exists(applicationFolder.resolve("late.txt")));
            load(running, "\"tiny=64\"");
            load(running);
            load(running, "attach");
            String line = "zonal: installed in this JVM already, its options stay as they are; it takes "
                    + DumpCommand.USAGE + ", detach or attach";
            assertEquals(
                    List.of(line, line, line),
                    ManagementIT.withoutUnsafeWarning(running.err())
                            .lines()
                            .skip(1)
                            .toList());
            // All it holds was taken from stock: each is freed by stock.
            running.proceed();
            assertEquals(0, running.join().exitCode());
        }
    }

    @Test
    void optionsCanComeWithALateInstallationAndAWrongOneInstallsNothing() throws Exception {
        try (Jvm.Running running = holder(false)) {
            load(running, "\"tiny=17\"");
            String line = ManagementIT.withoutUnsafeWarning(running.err());
            assertEquals(1, line.lines().count(), line);
            assertTrue(line.startsWith("zonal: not installed: "), line);
            assertTrue(line.contains("tiny"), line);
            load(running, "\"tiny=64,dump-on-exit=exit.txt\"");
            running.proceed();
            assertEquals(0, running.join().exitCode());
            Listing.parse(Files.readString(applicationFolder.resolve("exit.txt")));
        }
    }

    @Test
    void installedWhileThreadsAllocateNoBlockIsLostOrFreedByTheWrongSide() throws Exception {
        try (Jvm.Running running = new Jvm(folder)
                .in(applicationFolder)
                .option(SAID_BY_THE_JVM)
                .app(Churn.class)
                .start()) {
            running.awaitLine("ready");
            load(running);
            Thread.sleep(2_000);
            load(running, "show_alloc_mem:churn.txt");
            running.proceed();
            Jvm.Result result = running.join();
            assertEquals(0, result.exitCode(), result.err());
            assertEquals("0", Jvm.line(result.out(), "damaged "));
            assertEquals("", ManagementIT.withoutUnsafeWarning(result.err()));
            Listing listing = Listing.parse(Files.readString(applicationFolder.resolve("churn.txt")));
            assertTrue(listing.large().size() > 500, listing.large().size() + " blocks");
        }
    }

    private Jvm.Running holder(boolean withAgent) throws Exception {
        Jvm jvm = new Jvm(folder).in(applicationFolder).option(SAID_BY_THE_JVM);
        Jvm.Running running = (withAgent ? jvm.agent() : jvm).app(Holder.class).start();
        running.awaitLine("ready");
        return running;
    }

    private void load(Jvm.Running running, String... argument) throws Exception {
        Stream<String> command = Stream.of(
                Jvm.tool("jcmd").toString(),
                Long.toString(running.pid()),
                "JVMTI.agent_load",
                Jvm.AGENT_JAR.toString());
        Jvm.Result result =
                Jvm.execute(folder, Stream.concat(command, Stream.of(argument)).toArray());
        assertTrue(result.out().contains("return code: 0"), result.out() + result.err());
    }

    private Path onlyFile() throws Exception {
        try (Stream<Path> files = Files.list(applicationFolder)) {
            List<Path> all = files.toList();
            assertEquals(1, all.size(), all.toString());
            return all.getFirst();
        }
    }
}
