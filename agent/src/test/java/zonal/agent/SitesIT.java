package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Year;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.MBeanException;
import javax.management.openmbean.CompositeData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import zonal.agent.apps.Hello;
import zonal.agent.apps.Sites;

/** Who took the memory, as JMX clients and files tell it, against what the application really took. */
class SitesIT {
    private static final String SAMPLE = "sample=64k";

    @TempDir
    Path folder;

    private interface Check {
        void on(BeanClient bean, Jvm.Running running) throws Exception;
    }

    private void withSites(Check check) throws Exception {
        try (Jvm.Running running =
                new Jvm(folder).agent(SAMPLE).app(Sites.class).start()) {
            running.awaitLine("ready");
            try (BeanClient bean = new BeanClient(running)) {
                check.on(bean, running);
            }
            assertEquals("", ManagementIT.withoutUnsafeWarning(running.err()));
        }
    }

    @Test
    void liveBytesByCallSiteAreWhatTheSiteHolds() throws Exception {
        withSites((bean, running) -> {
            List<CompositeData> sites = Arrays.asList(bean.list("liveSites", 1_000, int.class));
            // The bounds are four standard errors: one in the root of the samples.
            assertHolds(sites, "takeTiny", Sites.TINY_BYTES, 0.25);
            assertHolds(sites, "takeBuffers", Sites.BUFFER_BYTES, 0.15);
            assertHolds(sites, "takeSegments", Sites.SEGMENT_BYTES, 0.17);
            assertHolds(sites, "takeInAnotherThread", Sites.LARGE_BYTES, 1e-6);
            assertTrue(sites.stream().noneMatch(site -> caller(site).contains(".takeAndFree(")), "freed");
            assertEquals(2, bean.list("liveSites", 2, int.class).length);
            for (int i = 1; i < sites.size(); i++) {
                assertTrue((Long) sites.get(i - 1).get("liveBytes")
                        >= (Long) sites.get(i).get("liveBytes"));
            }
        });
    }

    private static void assertHolds(List<CompositeData> sites, String method, long bytes, double bound) {
        CompositeData site = sites.stream()
                .filter(each -> caller(each).contains("." + method + "("))
                .findFirst()
                .orElseThrow(() -> new AssertionError(
                        method + " in " + sites.stream().map(SitesIT::caller).toList()));
        assertTrue(caller(site).matches(".*zonal\\.agent\\.apps\\.Sites\\." + method + "\\(Sites\\.java:[0-9]+\\)"));
        double estimate = (Long) site.get("liveBytes");
        assertTrue(Math.abs(estimate - bytes) <= bound * bytes, method + ": " + estimate + " for " + bytes);
        assertTrue((Long) site.get("samples") > 0);
        assertTrue((Long) site.get("takenBytes") >= estimate * (1 - 1e-6));
        assertTrue((Long) site.get("oldestSeconds") < 600, "this JVM is younger: " + site.get("oldestSeconds"));
    }

    /** The first frame that is not of the way by which the test application comes to Unsafe. */
    private static String caller(CompositeData site) {
        return Arrays.stream((String[]) site.get("frames"))
                .filter(frame -> !frame.contains("RawMemory"))
                .findFirst()
                .orElse("");
    }

    @Test
    void aSiteThatGrowsIsSuspectAndThoseThatStayAreNot() throws Exception {
        withSites((bean, running) -> {
            // A moment is kept after ten seconds: growth counts from there on.
            Thread.sleep(11_500);
            running.proceed();
            running.awaitLine("grown");
            CompositeData[] suspects = bean.list("leakSuspects", 1L, long.class);
            assertEquals(
                    List.of("takeBuffers"),
                    Arrays.stream(suspects)
                            .map(SitesIT::caller)
                            .map(frame -> frame.replaceAll(".*\\.(\\w+)\\(.*", "$1"))
                            .distinct()
                            .toList());
            long grown = 0;
            for (CompositeData suspect : suspects) {
                grown += (Long) suspect.get("bytesNow") - (Long) suspect.get("bytesThen");
            }
            long expected = Sites.BUFFER_BYTES_AT_LAST - Sites.BUFFER_BYTES;
            assertTrue(Math.abs(grown - expected) < 0.12 * expected, grown + " for " + expected);
            // Since the start, all that is live has grown.
            assertTrue(bean.list("leakSuspects", 1_000_000L, long.class).length >= 4);
        });
    }

    @Test
    void theExtendedListTellsOfASampledBlockWhoTookItAndWhen() throws Exception {
        withSites((bean, running) -> {
            String text = Files.readString(Path.of(bean.write("dumpExtended", folder.resolve("ex.txt"))));
            Pattern block = Pattern.compile(" : " + Sites.LARGE_BYTES + " bytes\n    taken [0-9]+ s ago by thread "
                    + Pattern.quote(Sites.THREAD)
                    + "\n        at [^\n]*RawMemory[^\n]*\n        at [^\n]*RawMemory[^\n]*\n"
                    + "        at zonal\\.agent\\.apps\\.Sites\\.takeInAnotherThread\\(Sites\\.java:[0-9]+\\)\n");
            assertTrue(block.matcher(text).find(), () -> text.substring(Math.max(0, text.length() - 5_000)));
        });
    }

    @Test
    void collapsedStacksAddUpToWhatIsLive() throws Exception {
        withSites((bean, running) -> {
            Path file = folder.resolve("stacks.txt");
            assertEquals(file.toString(), bean.write("collapsed", file));
            long bytes = 0;
            for (String line : Files.readAllLines(file)) {
                Matcher matcher = Pattern.compile("\\S.*;\\S.* ([0-9]+)").matcher(line);
                assertTrue(matcher.matches(), line);
                bytes += Long.parseLong(matcher.group(1));
            }
            long held = Sites.TINY_BYTES + Sites.BUFFER_BYTES + Sites.SEGMENT_BYTES + Sites.LARGE_BYTES;
            assertTrue(Math.abs(bytes - held) < 0.1 * held, bytes + " for " + held);
        });
    }

    @Test
    void goToolPprofReadsTheProfile() throws Exception {
        assumeTrue(isInstalled("go"), "there is no go on the PATH");
        withSites((bean, running) -> {
            Path file = folder.resolve("profile.pb.gz");
            bean.write("pprof", file);
            for (String kind : List.of("inuse_space", "alloc_space", "inuse_objects", "alloc_objects")) {
                Jvm.Result top = Jvm.execute(
                        folder, "go", "tool", "pprof", "-top", "-cum", "-sample_index=" + kind, file.toString());
                assertEquals(0, top.exitCode(), top.err());
                assertTrue(top.out().contains("Type: " + kind), top.out());
                assertTrue(top.out().contains("zonal.agent.apps.Sites.main"), top.out());
                assertEquals(
                        kind.startsWith("alloc"), top.out().contains("zonal.agent.apps.Sites.takeAndFree"), top.out());
            }
            String raw = Jvm.execute(folder, "go", "tool", "pprof", "-raw", file.toString())
                    .out();
            assertTrue(raw.contains("\nPeriod: 65536\n"), raw);
            assertTrue(raw.contains("\nTime: " + Year.now(ZoneId.systemDefault()) + "-"), raw);
        });
    }

    private boolean isInstalled(String program) throws InterruptedException {
        try {
            return Jvm.execute(folder, program, "version").exitCode() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void filesAreNewAndForTheOwnerAlone() throws Exception {
        withSites((bean, running) -> {
            Path precious = Files.writeString(folder.resolve("precious"), "precious");
            Path link = Files.createSymbolicLink(folder.resolve("link"), precious);
            for (String operation : List.of("report", "pprof", "collapsed")) {
                Path file = folder.resolve(operation);
                bean.write(operation, file);
                assertTrue(Files.size(file) > 0);
                assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
                for (Path taken : List.of(file, precious, link)) {
                    MBeanException refusal = assertThrows(MBeanException.class, () -> bean.write(operation, taken));
                    assertTrue(String.valueOf(refusal.getCause()).contains(taken + " exists already"));
                }
            }
            assertEquals("precious", Files.readString(precious));
        });
    }

    @Test
    void theSameComesWithCommandsOfJcmd() throws Exception {
        try (Jvm.Running running = new Jvm(folder)
                .option("-XX:+EnableDynamicAgentLoading")
                .agent(SAMPLE)
                .app(Sites.class)
                .start()) {
            running.awaitLine("ready");
            for (String command : List.of("report", "pprof", "collapsed")) {
                Path file = folder.resolve("jcmd." + command);
                Jvm.Result result = Jvm.execute(
                        folder,
                        Jvm.tool("jcmd"),
                        running.pid(),
                        "JVMTI.agent_load",
                        Jvm.AGENT_JAR,
                        command + ":" + file);
                assertTrue(result.out().contains("return code: 0"), result.out() + result.err());
                assertTrue(Files.size(file) > 0);
            }
            for (String kind : List.of("report html", "pprof pb.gz", "collapsed collapsed")) {
                String[] words = kind.split(" ", -1);
                Jvm.execute(folder, Jvm.tool("jcmd"), running.pid(), "JVMTI.agent_load", Jvm.AGENT_JAR, words[0]);
                try (DirectoryStream<Path> made =
                        Files.newDirectoryStream(folder, "zonal-" + running.pid() + "-*." + words[1])) {
                    assertTrue(made.iterator().hasNext(), kind);
                }
            }
            assertEquals("", ManagementIT.withoutUnsafeWarning(running.err()));
        }
    }

    @Test
    void withoutSamplesThereAreNoSites() throws Exception {
        try (Jvm.Running running =
                new Jvm(folder).agent("sample=0").app(Sites.class).start()) {
            running.awaitLine("ready");
            try (BeanClient bean = new BeanClient(running)) {
                assertEquals(0, bean.list("liveSites", 10, int.class).length);
                assertEquals(0, bean.list("leakSuspects", 10L, long.class).length);
                assertEquals(0, Files.size(Path.of(bean.write("collapsed", folder.resolve("none")))));
                assertTrue(Files.size(Path.of(bean.write("pprof", folder.resolve("none.pb.gz")))) > 0);
                assertTrue(Files.readString(Path.of(bean.write("report", folder.resolve("none.html"))))
                        .contains("\"sites\":[]"));
            }
        }
    }

    @Test
    void samplesChangeNothingThatTheApplicationSees() throws Exception {
        Jvm.Result stock = new Jvm(folder).app(Hello.class).run();
        assertEquals(stock, new Jvm(folder).agent("sample=1").app(Hello.class).run());
    }
}
