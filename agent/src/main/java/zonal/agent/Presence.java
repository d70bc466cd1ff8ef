package zonal.agent;

import jdk.internal.perf.Perf;

/**
 * Tells the user's tools that Zonal is in this JVM: a performance counter with its version, among those that every JVM shares with its user.
 * It is read without touching this JVM, and no application sees it.
 */
final class Presence {
    /** The command line looks for it. */
    private static final String COUNTER = "zonal.version";

    private static final int CONSTANT = 1;
    private static final int STRING = 5;

    private Presence() {}

    /** Never throws: memory comes from Zonal already, and a JVM may be without such counters. */
    static void announce() {
        try {
            Perf.getPerf().createString(COUNTER, CONSTANT, STRING, version());
        } catch (Throwable e) {
            // Then the tools say that they don't know: nothing that the application's owner has to be told.
        }
    }

    /** The version of the jar. */
    static String version() {
        // The gate is the loader of this class, and the only class whose package has the jar's manifest.
        ClassLoader gate = Presence.class.getClassLoader();
        String version = gate == null ? null : gate.getClass().getPackage().getImplementationVersion();
        return version == null ? "unknown" : version;
    }
}
