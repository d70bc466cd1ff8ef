package zonal.allocator;

import org.jspecify.annotations.Nullable;

/** How a thread of Zonal's own starts: among the JVM's, and not as a child of the application's thread that happens to start it. */
public final class DaemonThread {

    private DaemonThread() {}

    /** Starts a daemon that is in no group of the application's, which may count its threads, wait for them all, or interrupt them. */
    public static void start(String name, Runnable work) {
        Thread thread = new Thread(outermostGroup(), work, name, 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(null);
        thread.start();
    }

    private static @Nullable ThreadGroup outermostGroup() {
        ThreadGroup outermost = null;
        for (ThreadGroup group = Thread.currentThread().getThreadGroup(); group != null; group = group.getParent()) {
            outermost = group;
        }
        return outermost;
    }
}
