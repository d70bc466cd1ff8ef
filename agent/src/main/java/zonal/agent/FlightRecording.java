package zonal.agent;

import zonal.agent.jfr.FlightRecorderEvents;

/** Sees to it that JFR has Zonal's events once a recorder starts. Where the runtime image has no JFR, they are missing and nothing else. */
final class FlightRecording {
    private static final String MODULE = "jdk.jfr";

    private FlightRecording() {}

    /** To be called once the allocator serves. Never throws: memory comes from Zonal already. */
    static void prepare() {
        if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
            return;
        }
        try {
            FlightRecorderEvents.prepare();
        } catch (Throwable e) {
            Messages.print(Messages.NO_EVENTS, e);
        }
    }
}
