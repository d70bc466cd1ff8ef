package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import zonal.agent.apps.Holder;
import zonal.allocator.Options;

/** The commands of {@code java -jar zonal-agent.jar}. */
class CommandLineIT extends CommandLineCase {
    @Test
    void withoutWordsItListsTheJvmsWithAndWithoutTheAgent() throws Exception {
        try (Jvm.Running with = holder(jvm().agent());
                Jvm.Running without = holder(jvm());
                Jvm.Running hidden = holder(jvm().option("-XX:-UsePerfData"))) {
            Jvm.Result result = zonal();
            assertEquals(0, result.exitCode(), result.err());
            String name = Holder.class.getName().replace(".", "\\.");
            String java = System.getProperty("java.version").replace(".", "\\.").replace("+", "\\+");
            assertLine(result.out(), " *" + with.pid() + " +" + java + " +[0-9]+\\.[^ ]+ +" + name);
            assertLine(result.out(), " *" + without.pid() + " +" + java + " +- +" + name);
            assertLine(result.out(), " *" + hidden.pid() + " +\\? +\\? +java");
            assertTrue(result.err().contains("-XX:-UsePerfData"), result.err());
            assertNothingSaid(with, without, hidden);
        }
    }

    @Test
    void zonesAreShownOnceOrLineByLine() throws Exception {
        try (Jvm.Running running = holder(jvm().agent())) {
            Jvm.Result once = succeeded(zonal(running.pid(), "zones"));
            assertTrue(once.out().startsWith("zone "), once.out());
            assertLine(once.out(), "TINY +[0-9,]+ +[0-9,]+ +[0-9.]+ [KMG]?i?B .*");
            assertLine(once.out(), "cached +[0-9.]+ [KMG]?i?B");
            assertLine(once.out(), "metadata +[0-9.]+ [KMG]?i?B");
            assertLine(once.out(), "all +.*");
            assertLine(once.out(), "allocations [0-9,]+, frees [0-9,]+, bad frees 0, .*");
            Jvm.Result lines = succeeded(zonal(running.pid(), "zones", 1, 2));
            assertEquals(3, lines.out().lines().count(), lines.out());
            assertLine(lines.out(), ".* - +-");
            assertLine(lines.out(), ".* [0-9,]+/s +[0-9,]+/s");
            assertFalse(lines.out().contains("\033"), lines.out());
            assertNothingSaid(running);
        }
    }

    @Test
    void onATerminalThePictureIsRenewedInPlaceWithOrWithoutColour() throws Exception {
        assumeTrue(Jvm.execute(folder, "sh", "-c", "command -v script").exitCode() == 0, "no script(1)");
        try (Jvm.Running running = holder(jvm().agent())) {
            String call = Jvm.tool("java") + " -jar " + Jvm.AGENT_JAR + " " + running.pid() + " zones 1 2";
            Jvm.Result bright = Jvm.execute(
                    folder,
                    "env",
                    "-u",
                    "NO_COLOR",
                    "TERM=xterm",
                    "script",
                    "-qec",
                    call,
                    folder.resolve("typescript"));
            assertEquals(0, bright.exitCode(), bright.out() + bright.err());
            assertEquals(2, bright.out().split("\033\\[H", -1).length - 1, bright.out());
            assertTrue(bright.out().contains("\033[1mzone "), bright.out());
            assertTrue(bright.out().contains("/s   frees "), bright.out()); // in the second picture
            assertTrue(bright.out().contains("\033[K\r\nCtrl-C ends"), "what an older picture left of a line stays");
            assertTrue(bright.out().endsWith("\033[?25h"), "the cursor stays hidden");
            Jvm.Result plain = Jvm.execute(
                    folder, "env", "NO_COLOR=1", "TERM=xterm", "script", "-qec", call, folder.resolve("typescript2"));
            assertFalse(plain.out().contains("\033[1m"), plain.out());
            Jvm.Result dumb =
                    Jvm.execute(folder, "env", "TERM=dumb", "script", "-qec", call, folder.resolve("typescript3"));
            assertFalse(dumb.out().contains("\033"), dumb.out());
            assertEquals(3, dumb.out().lines().count(), dumb.out());
        }
    }

    @Test
    void showListsEveryBlockOnStdoutOrInAFile() throws Exception {
        try (Jvm.Running running = holder(jvm().agent("tiny=64"))) {
            Listing listing =
                    Listing.parse(succeeded(zonal(running.pid(), "show")).out());
            assertTrue(listing.large().contains((long) Holder.UNSAFE_LARGE), listing.toString());
            assertTrue(listing.tiny().contains((long) Holder.UNSAFE_TINY), listing.toString());
            Path file = folder.resolve("relative.txt");
            assertEquals(
                    file + "\n",
                    succeeded(zonal(running.pid(), "show", "relative.txt")).out());
            assertTrue(Listing.parse(Files.readString(file)).small().contains((long) Holder.UNSAFE_SMALL));
            assertTrue(succeeded(zonal(running.pid(), "show-ex")).out().contains("\nWaste by class\n"));
            Jvm.Result again = zonal(running.pid(), "show", file);
            assertFailed(FAILED, file + " exists already", again);
            assertNothingSaid(running);
        }
        try (var left = Files.list(temporary)) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    void whereNothingCanBeWrittenForAMomentTheListNeedsAFile() throws Exception {
        try (Jvm.Running running = holder(jvm().agent())) {
            temporary = folder.resolve("missing");
            Jvm.Result result = zonal(running.pid(), "show");
            assertEquals(FAILED, result.exitCode(), result.err());
            assertTrue(result.err().contains("in " + temporary + " no folder can be made"), result.err());
            assertEquals(
                    folder.resolve("list") + "\n",
                    zonal(running.pid(), "show", folder.resolve("list")).out());
        }
    }

    @Test
    void filesAreMadeWhereTheCommandRunsAndForItsUserAlone() throws Exception {
        try (Jvm.Running running = holder(jvm().agent())) {
            for (String command : List.of("report", "pprof", "collapsed")) {
                Path file = folder.resolve(command + ".out");
                assertEquals(
                        file + "\n",
                        succeeded(zonal(running.pid(), command, command + ".out"))
                                .out());
                assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
                assertFailed(FAILED, file + " exists already", zonal(running.pid(), command, file));
                Path nowhere = folder.resolve("no/such");
                assertFailed(
                        FAILED, "there is no folder " + nowhere.getParent(), zonal(running.pid(), command, nowhere));
            }
            assertTrue(Files.readString(folder.resolve("report.out")).contains("<html"));
            assertNothingSaid(running);
        }
    }

    @Test
    void whoTookWhatAndWhatChangedIsTold() throws Exception {
        try (Jvm.Running running = holder(jvm().agent("sample=1"))) {
            Jvm.Result sites = succeeded(zonal(running.pid(), "sites"));
            assertLine(sites.out(), "[0-9.]+ .*B live, [0-9,]+ blocks; by call site, estimated from samples:");
            assertLine(
                    sites.out(),
                    "[0-9.]+ .*B live \\(([0-9]{1,2}|100) % of all\\), (1 block|(?!1 )[0-9,]+ blocks), (1 sample|(?!1 )[0-9,]+ samples), the oldest .*");
            succeeded(zonal(running.pid(), "leaks", 10));
            Jvm.Result diff = succeeded(zonal(running.pid(), "diff", 1));
            assertLine(diff.out(), "cached +[0-9.]+ [KMG]?i?B +[-+]?[0-9.]+ [KMG]?i?B");
            assertLine(diff.out(), "all +[0-9,]+ .*");
            assertLine(diff.out(), "allocations [0-9,]+/s, frees [0-9,]+/s, bad frees 0");
            assertNothingSaid(running);
        }
        try (Jvm.Running running = holder(jvm().agent("sample=0"))) {
            assertFailed(FAILED, "samples no allocations", zonal(running.pid(), "sites"));
            assertLine(
                    succeeded(zonal(running.pid(), "diff", 1)).out(),
                    "call sites are not known: it was started with sample=0");
        }
    }

    @Test
    void itPutsTheAgentOnAJvmAndTakesItOff() throws Exception {
        try (Jvm.Running running = holder(jvm().option("-XX:+EnableDynamicAgentLoading"))) {
            assertFailed(NO_AGENT, "runs without Zonal", zonal(running.pid(), "zones"));
            assertFailed(USAGE, "tiny takes bytes", zonal(running.pid(), "attach", "tiny=17"));
            assertFailed(NO_AGENT, "runs without Zonal", zonal(running.pid(), "detach"));
            assertTrue(succeeded(zonal(running.pid(), "attach", "tiny=64", "decay=1s"))
                    .out()
                    .startsWith("Zonal "));
            assertFailed(FAILED, "has Zonal already", zonal(running.pid(), "attach"));
            succeeded(zonal(running.pid(), "zones"));
            assertTrue(succeeded(zonal(running.pid(), "detach")).out().startsWith("Zonal is off "));
            assertLine(zonal().out(), " *" + running.pid() + " .* [0-9]+\\.[^ ]+, off +" + Holder.class.getName());
            assertLine(succeeded(zonal(running.pid(), "zones")).out(), "Zonal is off: .*");
            assertLine(succeeded(zonal(running.pid(), "zones", 1, 1)).out(), "Zonal is off: .*");
            assertFailed(FAILED, "", zonal(running.pid(), "detach"));
            assertFailed(USAGE, "its options stay as they are", zonal(running.pid(), "attach", "decay=2s"));
            assertTrue(succeeded(zonal(running.pid(), "attach")).out().endsWith(" again\n"));
            assertLine(zonal().out(), " *" + running.pid() + " .* [0-9]+\\.[^ ,]+ +" + Holder.class.getName());
            assertNothingSaid(running);
            running.proceed();
            assertEquals(0, running.join().exitCode());
        }
    }

    @Test
    void wrongWordsAreToldWithTheRightOnes() throws Exception {
        long self = ProcessHandle.current().pid();
        assertFailed(USAGE, "is neither the number of a JVM nor \"help\"", zonal("no"));
        assertFailed(USAGE, "is neither the number of a JVM nor \"help\"", zonal("", "zones"));
        assertFailed(USAGE, "zones needs the number of a JVM before it", zonal("zones"));
        assertFailed(USAGE, "and then one of: zones, ", zonal(self));
        assertFailed(USAGE, "there is no command \"zone\"", zonal(self, "zone"));
        assertFailed(USAGE, "diff takes SECONDS", zonal(self, "diff"));
        assertFailed(USAGE, "detach takes nothing more", zonal(self, "detach", "now"));
        assertFailed(USAGE, "there is no command \"no\"", zonal("help", "no"));
        try (Jvm.Running running = holder(jvm().agent())) {
            assertFailed(USAGE, "\"0\" is no number of seconds", zonal(running.pid(), "zones", 0));
            assertFailed(USAGE, "the file needs a name", zonal(running.pid(), "show", ""));
            assertFailed(USAGE, "the file needs a name", zonal(running.pid(), "report", " "));
        }
    }

    @Test
    void helpTeachesEachCommandAndOption() throws Exception {
        String help = succeeded(zonal("help")).out();
        assertTrue(help.contains("-javaagent:zonal-agent.jar"), help);
        assertEquals(help, succeeded(zonal("--help")).out());
        for (String command : List.of(
                "zones",
                "sites",
                "leaks",
                "diff",
                "show",
                "show-ex",
                "report",
                "pprof",
                "collapsed",
                "attach",
                "detach")) {
            assertTrue(help.contains(" PID " + command), command);
            String more = succeeded(zonal("help", command)).out();
            assertTrue(more.startsWith("java -jar zonal-agent.jar PID " + command), more);
            assertTrue(more.lines().count() > 3, more);
        }
        assertEquals(
                succeeded(zonal("help", "diff")).out(),
                succeeded(zonal(1, "diff", "--help")).out());
        String options = succeeded(zonal("help", "options")).out();
        for (Map.Entry<String, String> option : Options.DEFAULT.asMap().entrySet()) {
            assertTrue(options.matches("(?s).*\\b" + option.getKey() + "=" + option.getValue() + "\\b.*"), options);
        }
        assertTrue(succeeded(zonal("--version")).out().matches("Zonal [0-9]+\\..*\n"));
    }

    @Test
    void aReaderThatGoesAwayIsNoErrorAndAFullDiskIsOne() throws Exception {
        try (Jvm.Running running = holder(jvm().agent())) {
            String call = Jvm.tool("java") + " -jar " + Jvm.AGENT_JAR + " " + running.pid();
            Jvm.Result head = Jvm.execute(folder, "bash", "-c", call + " zones 1 5 | head -n 1; echo ${PIPESTATUS[0]}");
            assertTrue(head.out().startsWith("time "), head.out());
            assertTrue(head.out().endsWith("\n0\n"), head.out());
            assertEquals("", head.err());
            Jvm.Result full = Jvm.execute(folder, "bash", "-c", call + " show > /dev/full");
            assertFailed(FAILED, "the output can't be written", full);
        }
    }
}
