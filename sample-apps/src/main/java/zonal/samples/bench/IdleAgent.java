package zonal.samples.bench;

import java.lang.instrument.Instrumentation;

/** What any agent costs a start: one that does nothing. And a program that does nothing but say so. */
public final class IdleAgent {
    private IdleAgent() {}

    /** Called by the JVM before {@code main}. */
    public static void premain(String options, Instrumentation instrumentation) {
        // nothing
    }

    public static void main(String[] arguments) {
        System.out.println("hello");
    }
}
