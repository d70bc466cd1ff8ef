package zonal.agent.jfr;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.FlightRecorderListener;
import jdk.jfr.Recording;
import jdk.jfr.RecordingState;
import zonal.agent.DumpCommand;
import zonal.agent.Messages;
import zonal.allocator.Allocator;

/**
 * Waits for a recorder, and registers the events when there is one. Until then it costs one listener: registering events takes 100 ms
 * at start, and 8 ms where a recorder is there anyway (<i>measured</i>).
 *
 * <p>It also runs the command of {@link DumpEvent}, once for each recording that has one, when it starts:
 *
 * <pre>
 *   jcmd PID JFR.start settings=none +zonal.Dump#command=show_alloc_mem:FILE
 * </pre>
 *
 * <p>When jcmd returns, the file is there. It is the way to a dump on which the JVM prints no warning about dynamic loading.
 */
public final class FlightRecorderEvents implements FlightRecorderListener {
    private FlightRecorderEvents() {}

    /** Registers the events when a recorder starts, or now if one has. To be called once. */
    public static void prepare() {
        FlightRecorder.addListener(new FlightRecorderEvents());
    }

    @Override
    public void recorderInitialized(FlightRecorder recorder) {
        try {
            register(recorder);
        } catch (Throwable e) { // the application's own recording goes on
            Messages.print("no events for JFR, " + Messages.of(e));
        }
    }

    private void register(FlightRecorder recorder) {
        FlightRecorder.register(ZoneEvent.class);
        FlightRecorder.register(LiveSiteEvent.class);
        FlightRecorder.register(AllocationSampleEvent.class);
        FlightRecorder.register(BadFreeEvent.class);
        FlightRecorder.register(DumpEvent.class);
        FlightRecorder.addPeriodicEvent(ZoneEvent.class, ZoneEvent::commitAll);
        FlightRecorder.addPeriodicEvent(LiveSiteEvent.class, LiveSiteEvent::commitAll);
        Allocator.observe(new EventObserver());
        recorder.getRecordings().forEach(this::recordingStateChanged);
    }

    @Override
    public void recordingStateChanged(Recording recording) {
        if (recording.getState() != RecordingState.RUNNING) {
            return;
        }
        try {
            dumpIfAsked(recording);
        } catch (Throwable e) {
            Messages.print("no dump, " + Messages.of(e));
        }
    }

    private static void dumpIfAsked(Recording recording) {
        Map<String, String> settings = recording.getSettings();
        String command = setting(settings, "command");
        if (!command.isEmpty() && !setting(settings, "enabled").equals("false")) {
            dump(command);
        }
    }

    /** JFR knows an event's settings by its name or by its number, as it was asked. */
    private static String setting(Map<String, String> settings, String name) {
        EventType dump = EventType.getEventType(DumpEvent.class);
        String byName = settings.get(dump.getName() + "#" + name);
        return byName != null ? byName : settings.getOrDefault(dump.getId() + "#" + name, "");
    }

    private static void dump(String command) {
        DumpEvent event = new DumpEvent();
        event.command = command;
        event.begin();
        try {
            Path file = write(command);
            event.size = Files.size(file);
            event.file = file.toString();
        } catch (IOException e) {
            event.file = "no dump, " + e.getMessage();
            Messages.print(event.file);
        }
        event.commit();
    }

    private static Path write(String text) throws IOException {
        DumpCommand command = DumpCommand.parse(text);
        if (command == null) {
            throw new IOException("unknown command \"" + text + "\", it takes " + DumpCommand.USAGE);
        }
        return command.write();
    }
}
