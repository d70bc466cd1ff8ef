package zonal.agent.hook;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the woven {@code ManagementFactory.getPlatformMBeanServer()} tells when it returns. Lives in the boot loader, because
 * {@code java.management} must see it.
 *
 * <p>The listener hears of the server once, in the thread that made it, before that thread's caller does. So nobody ever
 * sees a platform server without Zonal's bean, and no server is made that the application did not ask for.
 */
public final class PlatformServer {
    private static @Nullable Consumer<Object> listener;

    private PlatformServer() {}

    /** Sets who hears of the platform server when it is next returned; replaces an earlier one. */
    public static synchronized void onceReturned(Consumer<Object> newListener) {
        listener = newListener;
    }

    /** Called by the woven method with the platform server, at each return. Never throws. */
    public static void returned(Object server) {
        Consumer<Object> told = take();
        if (told != null) {
            told.accept(server);
        }
    }

    private static synchronized @Nullable Consumer<Object> take() {
        Consumer<Object> taken = listener;
        listener = null;
        return taken;
    }
}
