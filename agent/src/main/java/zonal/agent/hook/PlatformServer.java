package zonal.agent.hook;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the woven {@code ManagementFactory.getPlatformMBeanServer()} asks. Lives in the boot loader, because {@code java.management} must
 * see it.
 *
 * <p>The maker is asked once, by the first thread that wants the server, before that thread has it. So nobody ever
 * sees a platform server without Zonal's bean, and no server is made that the application did not ask for.
 */
public final class PlatformServer {
    private static @Nullable Supplier<@Nullable Object> maker;

    private PlatformServer() {}

    /**
     * Sets who makes the platform server when it is next asked for, or null to leave it to the stock body; replaces an earlier one. The maker itself asks
     * {@code ManagementFactory} for it, and the stock body runs.
     */
    public static synchronized void whenAskedFor(@Nullable Supplier<@Nullable Object> newMaker) {
        maker = newMaker;
    }

    /** Called by the woven method each time. Answers the platform server, or null: the stock body is to run. Never throws. */
    public static @Nullable Object firstAskedFor() {
        Supplier<@Nullable Object> asked = take();
        return asked == null ? null : asked.get();
    }

    private static synchronized @Nullable Supplier<@Nullable Object> take() {
        Supplier<@Nullable Object> taken = maker;
        maker = null;
        return taken;
    }
}
