package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import jdk.jfr.EventType;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmc.common.item.Attribute;
import org.openjdk.jmc.common.item.IItem;
import org.openjdk.jmc.common.item.IItemCollection;
import org.openjdk.jmc.common.item.IItemIterable;
import org.openjdk.jmc.common.item.IMemberAccessor;
import org.openjdk.jmc.common.item.ItemFilters;
import org.openjdk.jmc.common.unit.IQuantity;
import org.openjdk.jmc.common.unit.UnitLookup;
import org.openjdk.jmc.flightrecorder.JfrLoaderToolkit;
import zonal.agent.apps.BadCalls;
import zonal.agent.apps.BusyRecorder;
import zonal.agent.apps.Hello;
import zonal.agent.apps.Holder;
import zonal.agent.apps.Sites;

/** What {@code jcmd PID JFR.start}, {@code JFR.view} and {@code JFR.dump}, and readers of recordings, get from a JVM under the agent. */
class FlightRecorderIT {
    private static final int TERMINAL_WIDTH = 120;

    /** Of a page of TINY or SMALL. */
    private static final long FINE_PAGE_BYTES = 64 << 10;

    @TempDir
    Path folder;

    @Test
    void theZonesReadWellInTheViewOfJcmd() throws Exception {
        try (Jvm.Running running = holder()) {
            jcmd(running, "JFR.start", "settings=none", "+zonal.Zone#enabled=true", "+zonal.Zone#period=1s");
            List<String> view = awaitView(running, "zonal.Zone", "LARGE");
            String header = line(view, "Zone ");
            assertEquals(
                    "Time Zone Pages Live Blocks Live Free Resident",
                    header.strip().replaceAll(" +", " "));
            for (String zone : List.of("TINY", "SMALL", "LARGE")) {
                String row = line(view, " " + zone + " ");
                // Amounts with their units, and nothing cut off.
                assertTrue(row.matches("[0-9:]+ +" + zone + " +[0-9]+ +[0-9]+( +[0-9.]+ (bytes|kB|MB)){3} *"), row);
            }
            for (String line : view) {
                assertTrue(line.length() <= TERMINAL_WIDTH, line);
            }
            assertUndisturbed(running);
        }
    }

    @Test
    void aCallSiteIsToldFromOthersInTheViewOfJcmd() throws Exception {
        try (Jvm.Running running =
                new Jvm(folder).agent("sample=64k").app(Sites.class).start()) {
            running.awaitLine("ready");
            jcmd(running, "JFR.start", "settings=none", "+zonal.LiveSite#enabled=true", "+zonal.LiveSite#period=1s");
            List<String> view = awaitView(running, "zonal.LiveSite", "Sites.takeTiny:");
            for (String method : List.of("takeTiny", "takeBuffers", "takeSegments")) {
                String row = line(view, "Sites." + method + ":");
                assertTrue(
                        row.matches("[0-9:]+ +[0-9.]+ (kB|MB) +[0-9,]+ +[0-9,]+ +[0-9.]+ (kB|MB) +[0-9. hm]*m?s .*"),
                        row);
            }
            for (String line : view) {
                assertTrue(line.length() <= TERMINAL_WIDTH, line);
            }
        }
    }

    @Test
    void aRowOfACallSiteHasWhatItTookAndHowLongAgo() throws Exception {
        Path file = folder.resolve("sites.jfr");
        try (Jvm.Running running =
                new Jvm(folder).agent("sample=64k").app(Sites.class).start()) {
            running.awaitLine("ready");
            jcmd(running, "JFR.start", "settings=none", "+zonal.LiveSite#enabled=true", "+zonal.LiveSite#period=1s");
            awaitView(running, "zonal.LiveSite", "Sites.takeInAnother"); // the view cuts off the rest
            jcmd(running, "JFR.dump", "filename=" + file);
        }
        List<RecordedEvent> rows = events(file, "zonal.LiveSite");
        assertTrue(
                rows.stream().anyMatch(event -> event.getLong("samples") < event.getLong("liveBlocks")),
                "a sample of small blocks stands for many");
        RecordedEvent row = rows.stream()
                .filter(event -> event.getString("callSite").contains("Sites.takeInAnotherThread:"))
                .findFirst()
                .orElseThrow();
        assertEquals(
                Sites.LARGE_BYTES, row.getLong("liveBytes")); // so much more than the mean that it stands for itself
        assertEquals(Sites.LARGE_BYTES, row.getLong("takenBytes"));
        assertEquals(1, row.getLong("liveBlocks"));
        assertEquals(1, row.getLong("samples"));
        Duration oldest = row.getDuration("oldest");
        assertTrue(oldest.isPositive() && oldest.compareTo(Duration.ofMinutes(10)) < 0, oldest.toString());
    }

    @Test
    void aRecordingCanAskForADumpAndItIsThereWhenJcmdReturns() throws Exception {
        try (Jvm.Running running = holder()) {
            jcmd(running, "JFR.start", "name=zonal", "settings=none", "+zonal.Dump#command=show_alloc_mem:plain.txt");
            Listing listing = Listing.parse(Files.readString(folder.resolve("plain.txt")));
            assertTrue(listing.large().contains((long) Holder.UNSAFE_LARGE), listing.toString());
            List<String> view = awaitView(running, "zonal.Dump", "plain.txt");
            assertTrue(line(view, "plain.txt").contains("show_alloc_mem:plain.txt"), view.toString());
            assertFalse(line(view, "plain.txt").contains(" 0 bytes "), view.toString());
            jcmd(running, "JFR.stop", "name=zonal");

            // Once more, with another, and with the event enabled by name, while the first is over.
            jcmd(
                    running,
                    "JFR.start",
                    "name=zonal",
                    "settings=none",
                    "+zonal.Dump#enabled=true",
                    "+zonal.Dump#command=show_alloc_mem_ex:extended.txt");
            assertTrue(Files.readString(folder.resolve("extended.txt")).contains(Holder.UNSAFE_LARGE + " bytes"));

            // One that has the event disabled asks for nothing.
            jcmd(
                    running,
                    "JFR.start",
                    "name=disabled",
                    "settings=none",
                    "+zonal.Dump#enabled=false",
                    "+zonal.Dump#command=show_alloc_mem:disabled.txt");
            jcmd(running, "JFR.stop", "name=disabled");
            assertFalse(Files.exists(folder.resolve("disabled.txt")));

            // A recording that comes and goes beside it asks for nothing.
            jcmd(running, "JFR.start", "name=other");
            jcmd(running, "JFR.stop", "name=other");
            awaitView(running, "zonal.Dump", "extended.txt");
            assertFalse(running.err().contains("exists already"), running.err());
            assertUndisturbed(running);
        }
    }

    @Test
    void aDumpThatCannotBeIsOneLineThatSaysWhyAndTheRecordingGoesOn() throws Exception {
        try (Jvm.Running running = holder()) {
            Path old = Files.writeString(folder.resolve("old.txt"), "old");
            jcmd(running, "JFR.start", "settings=none", "+zonal.Dump#command=show_alloc_mem:old.txt");
            jcmd(running, "JFR.start", "settings=none", "+zonal.Dump#command=show_alloc");
            assertEquals("old", Files.readString(old));
            assertEquals(
                    "zonal: no dump, " + old + " exists already, a dump is always a new file\n"
                            + "zonal: no dump, unknown command \"show_alloc\", it takes " + DumpCommand.USAGE + "\n",
                    ManagementIT.withoutUnsafeWarning(running.err()));
            awaitView(running, "zonal.Dump", "no dump, ");
        }
    }

    @Test
    void aRecordingFromTheCommandLineHasEachBadFreeWithTheStackOfItsCaller() throws Exception {
        Path file = folder.resolve("bad.jfr");
        Jvm.Result result = new Jvm(folder)
                .agent()
                .option("-XX:StartFlightRecording:filename=" + file, "-Xlog:jfr+startup=off")
                .app(BadCalls.class)
                .run();
        assertEquals(0, result.exitCode(), result.err());
        List<RecordedEvent> events = events(file, "zonal.BadFree");
        assertEquals(
                List.of("free", "free", "free", "free", "realloc", "realloc"),
                events.stream().map(e -> e.getString("call")).toList().subList(0, 6));
        RecordedEvent twice = events.getFirst();
        assertEquals("the block there is free already", twice.getString("reason"));
        assertTrue(result.err().contains("bad free of 0x" + Long.toHexString(twice.getLong("address")) + ":"));
        assertEquals("main", twice.getThread().getJavaName());
        List<RecordedFrame> stack = twice.getStackTrace().getFrames();
        assertStackOf(BadCalls.class, "main", stack);
        Jvm.Result view =
                Jvm.execute(folder, Jvm.tool("jfr"), "view", "--width", TERMINAL_WIDTH, "zonal.BadFree", file);
        String row = line(view.out().lines().toList(), " free ");
        assertTrue(
                row.length() <= TERMINAL_WIDTH && row.stripTrailing().endsWith("the block there is free already"), row);
    }

    @Test
    void aDumpOfARecordingCarriesAllOfItIntoTheToolsThatReadOne() throws Exception {
        Path file = folder.resolve("all.jfr");
        try (Jvm.Running running = holder()) {
            jcmd(
                    running,
                    "JFR.start",
                    "name=all",
                    "+zonal.Zone#period=1s",
                    "+zonal.Dump#command=show_alloc_mem:plain.txt");
            awaitView(running, "zonal.Zone", "LARGE");
            jcmd(running, "JFR.dump", "name=all", "filename=" + file);
            assertUndisturbed(running);
        }
        String summary = Jvm.execute(folder, Jvm.tool("jfr"), "summary", file).out();
        for (String type : List.of("zonal.Zone", "zonal.Dump")) {
            assertTrue(summary.matches("(?s).*\n " + type + " +[1-9][0-9]* .*"), type + " in " + summary);
        }
        String printed = Jvm.execute(folder, Jvm.tool("jfr"), "print", "--events", "zonal.Zone", file)
                .out();
        assertTrue(printed.contains("zone = \"TINY\""), printed);
        for (RecordedEvent zone : events(file, "zonal.Zone")) {
            long pageBytes = zone.getLong("pages") * FINE_PAGE_BYTES;
            if (!zone.getString("zone").equals("LARGE")) {
                assertEquals(pageBytes, zone.getLong("liveBytes") + zone.getLong("freeBytes"), zone.toString());
                assertTrue(zone.getLong("residentBytes") <= pageBytes, zone.toString());
            }
        }
        assertEquals(
                Files.size(folder.resolve("plain.txt")),
                events(file, "zonal.Dump").getFirst().getLong("size"));

        // The reader of JDK Mission Control: amounts are known as such, so that it adds them up and draws them.
        IItemCollection zones = JfrLoaderToolkit.loadEvents(file.toFile()).apply(ItemFilters.type("zonal.Zone"));
        assertTrue(zones.hasItems());
        for (IItemIterable rows : zones) {
            assertEquals("Off-Heap Zone", rows.getType().getName());
            IMemberAccessor<IQuantity, IItem> live =
                    Attribute.attr("liveBytes", UnitLookup.MEMORY).getAccessor(rows.getType());
            for (IItem row : rows) {
                IQuantity bytes = live.getMember(row);
                assertTrue(bytes.longValueIn(UnitLookup.BYTE) > 0, bytes.displayUsing("auto"));
            }
        }
    }

    @Test
    void samplesAreThrottledUnlessARecordingSaysOtherwise() throws Exception {
        Path file = folder.resolve("settings.jfr");
        Jvm.Result result = new Jvm(folder)
                .agent()
                .option("-XX:StartFlightRecording:filename=" + file, "-Xlog:jfr+startup=off")
                .app(Hello.class)
                .run();
        assertEquals(new Jvm.Result(0, "hello\n", "hello, too\n"), result);
        try (RecordingFile recording = new RecordingFile(file)) {
            EventType samples = recording.readEventTypes().stream()
                    .filter(type -> type.getName().equals("zonal.AllocationSample"))
                    .findFirst()
                    .orElseThrow();
            assertTrue(events(file, "jdk.ActiveSetting").stream()
                    .anyMatch(setting -> setting.getLong("id") == samples.getId()
                            && setting.getString("name").equals("throttle")
                            && setting.getString("value").equals("100/s")));
        }
    }

    @Test
    void aRecordingThatRunsWhenTheAgentComesLateHasItsEventsFromThenOn() throws Exception {
        try (Jvm.Running running = new Jvm(folder)
                .option("-XX:+EnableDynamicAgentLoading", "-XX:StartFlightRecording", "-Xlog:jfr+startup=off")
                .app(Holder.class)
                .start()) {
            running.awaitLine("ready");
            running.load(Jvm.AGENT_JAR, "");
            awaitView(running, "zonal.Zone", "LARGE");
            assertUndisturbed(running);
        }
    }

    /** Both would wait for each other, for ever. */
    @Test
    void theAgentComesWhileARecordingIsWrittenOut() throws Exception {
        try (Jvm.Running running = new Jvm(folder)
                .option("-XX:+EnableDynamicAgentLoading", "-XX:StartFlightRecording", "-Xlog:jfr+startup=off")
                .option("--add-opens=jdk.jfr/jdk.jfr=ALL-UNNAMED")
                .app(BusyRecorder.class)
                .start()) {
            running.awaitLine("ready");
            jcmd(running, "JVMTI.agent_load", Jvm.AGENT_JAR.toString());
            running.awaitLine("free");
            awaitView(running, "zonal.Zone", "LARGE");
            assertUndisturbed(running);
        }
    }

    @Test
    void beforeARecorderStartsNoEventIsLoaded() throws Exception {
        String classes = Jvm.classesOfHello(folder);
        assertTrue(classes.contains("zonal.agent.jfr.FlightRecorderEvents "));
        assertFalse(classes.matches("(?s).*zonal\\.agent\\.jfr\\.[A-Za-z]+Event .*"));
        assertFalse(classes.contains("jdk.jfr.internal.MetadataRepository "));
        assertFalse(classes.contains("jdk.jfr.internal.Repository "));
    }

    @Test
    void inAnImageWithoutJfrOnlyTheEventsAreMissing() throws Exception {
        Path java = Jvm.link(folder, "java.base,java.instrument,java.management");
        Jvm.Result result = new Jvm(folder)
                .java(java)
                .agent("dump-on-exit=exit.txt")
                .app(Hello.class)
                .run();
        assertEquals(new Jvm.Result(0, "hello\n", "hello, too\n"), result);
        assertTrue(Files.exists(folder.resolve("exit.txt")));
    }

    private Jvm.Running holder() throws Exception {
        Jvm.Running running = new Jvm(folder).agent().app(Holder.class).start();
        running.awaitLine("ready");
        return running;
    }

    /** Neither the JVM nor the agent says anything, above all nothing of dynamic loading, and the application ends well. */
    private static void assertUndisturbed(Jvm.Running running) throws Exception {
        running.proceed();
        Jvm.Result result = running.join();
        assertEquals(0, result.exitCode());
        assertEquals("", ManagementIT.withoutUnsafeWarning(result.err()));
        assertFalse(result.err().contains("dynamically"), result.err());
    }

    private String jcmd(Jvm.Running running, String... words) throws Exception {
        return jcmd(folder, running, words);
    }

    static String jcmd(Path folder, Jvm.Running running, String... words) throws Exception {
        Stream<String> command = Stream.of(Jvm.tool("jcmd").toString(), Long.toString(running.pid()));
        Jvm.Result result =
                Jvm.execute(folder, Stream.concat(command, Stream.of(words)).toArray());
        assertEquals(0, result.exitCode(), result.out() + result.err());
        return result.out();
    }

    /** Shows the events of a type until a text is among them: a view has only what is a second old. */
    private List<String> awaitView(Jvm.Running running, String type, String text) {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> jcmd(running, "JFR.view", type), view -> view.contains(text))
                .lines()
                .toList();
    }

    private static String line(List<String> lines, String text) {
        return lines.stream().filter(line -> line.contains(text)).findFirst().orElse("no line with " + text);
    }

    /** The application's frames with their lines, and none of what lies between it and the event. */
    static void assertStackOf(Class<?> caller, String method, List<RecordedFrame> stack) {
        assertTrue(stack.stream().noneMatch(frame -> type(frame).endsWith(".misc.Unsafe")), stack.toString());
        assertTrue(stack.stream().noneMatch(frame -> type(frame).startsWith("zonal.allocator.")), stack.toString());
        assertTrue(stack.stream().noneMatch(frame -> type(frame).startsWith("zonal.agent.hook.")), stack.toString());
        assertTrue(stack.stream().noneMatch(frame -> type(frame).startsWith("zonal.agent.jfr.")), stack.toString());
        assertTrue(
                stack.stream()
                        .anyMatch(frame -> type(frame).equals(caller.getName())
                                && frame.getMethod().getName().equals(method)
                                && frame.getLineNumber() > 0),
                stack.toString());
    }

    static String type(RecordedFrame frame) {
        return frame.getMethod().getType().getName();
    }

    static List<RecordedEvent> events(Path file, String type) throws Exception {
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals(type))
                .toList();
    }
}
