package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import zonal.agent.apps.Holder;

/** Somebody copies another version over the agent's jar while JVMs run with it. */
class OverwrittenJarIT {
    @TempDir
    Path folder;

    @Test
    void allThatIsFirstUsedAfterwardsWorks() throws Exception {
        Path jar = Files.copy(Jvm.AGENT_JAR, folder.resolve("zonal-agent.jar"));
        Path onExit = folder.resolve("exit.txt");
        try (Jvm.Running running = new Jvm(folder)
                .option("-javaagent:" + jar + "=dump-on-exit=" + onExit, "-XX:+EnableDynamicAgentLoading")
                .app(Holder.class)
                .start()) {
            running.awaitLine("ready");
            Files.write(jar, otherVersion()); // the same file: its inode stays
            try (BeanClient bean = new BeanClient(running)) {
                assertLists(bean.text("show_alloc_mem"));
                assertTrue(Files.readString(Path.of(bean.write("report", "report.html")))
                        .contains("<html"));
                assertTrue(Files.size(Path.of(bean.write("pprof", "profile"))) > 0);
            }
            Path recorded = folder.resolve("recorded.txt");
            String command = "+zonal.Dump#command=show_alloc_mem:" + recorded;
            Jvm.execute(folder, Jvm.tool("jcmd"), running.pid(), "JFR.start", "settings=none", command);
            assertLists(Files.readString(recorded));
            running.load(jar, "detach");
            running.proceed();
            Jvm.Result result = running.join();
            assertEquals(0, result.exitCode());
            assertEquals("", ManagementIT.withoutUnsafeWarning(result.err()));
        }
        Listing.parse(Files.readString(onExit));
    }

    /** A jar in which everything has another place. */
    private byte[] otherVersion() throws Exception {
        return Files.readAllBytes(new AgentVariant().without("inst/LICENSE").jar(folder));
    }

    private static void assertLists(String text) {
        Listing listing = Listing.parse(text);
        assertTrue(listing.large().contains((long) Holder.UNSAFE_LARGE), listing.toString());
    }
}
