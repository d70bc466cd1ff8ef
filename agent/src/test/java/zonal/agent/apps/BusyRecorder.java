package zonal.agent.apps;

import java.io.IOException;
import java.lang.reflect.Method;
import jdk.jfr.FlightRecorder;

/**
 * Holds the lock of JFR's recorder, as a thread does that writes a recording out, until Zonal's events are there, and then takes the one that listeners
 * are called under, as that thread does at the end. Says "ready", then "free", and waits for a line on stdin. Needs
 * {@code --add-opens=jdk.jfr/jdk.jfr=ALL-UNNAMED}.
 */
public final class BusyRecorder {
    private static final String LAST_EVENT = "zonal.Dump";
    private static final long MILLIS_TO_BLOCK = 500;

    private BusyRecorder() {}

    public static void main(String[] arguments) throws ReflectiveOperationException, InterruptedException, IOException {
        FlightRecorder recorder = FlightRecorder.getFlightRecorder();
        Method internal = FlightRecorder.class.getDeclaredMethod("getInternal");
        internal.setAccessible(true);
        synchronized (internal.invoke(recorder)) {
            System.out.println("ready");
            while (!hasEvents(recorder)) {
                Thread.sleep(10);
            }
            Thread.sleep(MILLIS_TO_BLOCK); // whoever registered them goes on, to the lock that is held here
            FlightRecorder.getFlightRecorder();
        }
        System.out.println("free");
        System.out.println("end " + System.in.read());
    }

    private static boolean hasEvents(FlightRecorder recorder) {
        return recorder.getEventTypes().stream().anyMatch(type -> type.getName().equals(LAST_EVENT));
    }
}
