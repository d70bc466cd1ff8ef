package zonal.agent.apps;

import java.io.IOException;

/** An agent that keeps the start of its JVM waiting: says "waiting", and waits for a line on stdin. */
public final class WaitingAgent {
    private WaitingAgent() {}

    public static void premain(String options) throws IOException {
        System.out.println("waiting");
        System.out.println("went on " + System.in.read());
    }
}
