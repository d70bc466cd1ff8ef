package zonal.agent.apps;

import java.util.logging.LogManager;

/** A log manager of the application's own, which says when it is made. */
public final class LoudLogManager extends LogManager {
    public LoudLogManager() {
        System.out.println("the application's log manager");
    }
}
