package zonal.agent.jfr;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.FlightRecorderListener;
import jdk.jfr.Recording;
import jdk.jfr.RecordingState;
import org.jspecify.annotations.Nullable;
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
    /** The thread that adds this listener, as long as it does. */
    private @Nullable Thread adding = Thread.currentThread();

    private final AtomicBoolean registered = new AtomicBoolean();

    /** The recordings whose dump was made, or tried. */
    private final Set<Long> asked = ConcurrentHashMap.newKeySet();

    private FlightRecorderEvents() {}

    /**
     * Registers the events when a recorder starts, or now if one has. To be called once.
     *
     * <p>JFR calls the listener of one that is there already under a lock, which an application's thread that dumps or closes a recording may be
     * waiting for, with locks that the events need. So that call does nothing, and what is to be done is done after it.
     */
    public static void prepare() {
        FlightRecorderEvents events = new FlightRecorderEvents();
        FlightRecorder.addListener(events);
        events.adding = null;
        if (FlightRecorder.isInitialized()) {
            events.register();
            FlightRecorder.getFlightRecorder().getRecordings().forEach(events::recordingStateChanged);
        }
    }

    /** Called under JFR's lock. Of a recorder that has just been made nobody else knows, so nobody holds another of its locks. */
    @Override
    public void recorderInitialized(FlightRecorder recorder) {
        if (Thread.currentThread() == adding) {
            return;
        }
        try {
            register();
        } catch (Throwable e) { // the application's own recording goes on
            Messages.print(Messages.NO_EVENTS, e);
        }
    }

    private void register() {
        if (!registered.compareAndSet(false, true)) {
            return;
        }
        FlightRecorder.register(ZoneEvent.class);
        FlightRecorder.register(LiveSiteEvent.class);
        FlightRecorder.register(AllocationSampleEvent.class);
        FlightRecorder.register(BadFreeEvent.class);
        FlightRecorder.register(DumpEvent.class);
        FlightRecorder.addPeriodicEvent(ZoneEvent.class, quiet(ZoneEvent::commitAll));
        FlightRecorder.addPeriodicEvent(LiveSiteEvent.class, quiet(LiveSiteEvent::commitAll));
        Allocator.observe(new EventObserver());
    }

    /** What a periodic event throws, JFR tells on stdout, which is the application's. So where the Java heap is full, rows are missing in silence. */
    private static Runnable quiet(Runnable commit) {
        return () -> {
            try {
                commit.run();
            } catch (Throwable e) {
                // the next one is due in seconds
            }
        };
    }

    @Override
    public void recordingStateChanged(Recording recording) {
        if (recording.getState() != RecordingState.RUNNING) {
            return;
        }
        try {
            dumpIfAsked(recording);
        } catch (Throwable e) {
            Messages.print(Messages.NO_DUMP, e);
        }
    }

    private void dumpIfAsked(Recording recording) {
        Map<String, String> settings = recording.getSettings();
        String command = setting(settings, "command");
        if (!command.isEmpty() && !setting(settings, "enabled").equals("false") && asked.add(recording.getId())) {
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
            event.file = Messages.NO_DUMP + e.getMessage();
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
