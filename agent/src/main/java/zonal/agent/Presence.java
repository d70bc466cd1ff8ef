package zonal.agent;

import java.nio.ByteOrder;
import java.nio.LongBuffer;
import jdk.internal.perf.Perf;
import org.jspecify.annotations.Nullable;

/**
 * Tells the user's tools that Zonal is in this JVM: performance counters with its version and whether it serves new requests, among those that
 * every JVM shares with its user. They are read without touching this JVM, and no application sees them.
 */
final class Presence {
    // The command line looks for them.
    private static final String VERSION_COUNTER = "zonal.version";
    private static final String ATTACHED_COUNTER = "zonal.attached";

    private static final int CONSTANT = 1;
    private static final int VARIABLE = 3;
    private static final int NO_UNIT = 1;
    private static final int STRING = 5;

    /** Where the counter lies that is 1 while new requests are served, else 0; null where there is none. */
    private static @Nullable LongBuffer attached;

    private Presence() {}

    /** Never throws: memory comes from Zonal already, and a JVM may be without such counters. */
    static void announce() {
        try {
            Perf.getPerf().createString(VERSION_COUNTER, CONSTANT, STRING, AgentJar.version());
            attached = Perf.getPerf()
                    .createLong(ATTACHED_COUNTER, VARIABLE, NO_UNIT, 1)
                    .order(ByteOrder.nativeOrder())
                    .asLongBuffer();
        } catch (Throwable e) {
            // Then the tools say that they don't know: nothing that the application's owner has to be told.
        }
    }

    /** Whether new requests are served from now on. */
    static void setAttached(boolean now) {
        LongBuffer counter = attached;
        if (counter != null) {
            counter.put(0, now ? 1 : 0);
        }
    }
}
