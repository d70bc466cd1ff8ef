package zonal.agent.apps;

import java.lang.instrument.Instrumentation;

/** An agent that does nothing. */
public final class IdleAgent {
    private IdleAgent() {}

    public static void premain(String options, Instrumentation instrumentation) {
        // nothing
    }
}
