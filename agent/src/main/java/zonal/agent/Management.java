package zonal.agent;

import java.lang.instrument.Instrumentation;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Field;
import java.util.function.Supplier;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;
import zonal.agent.hook.PlatformServer;

/**
 * Sees to it that the platform MBeanServer has Zonal's beans from the moment that anybody else first has the server, and that
 * nothing of JMX is loaded before. Where the runtime image has no {@code java.management}, they are missing and nothing
 * else.
 */
final class Management implements Supplier<@Nullable Object> {
    private static final String MODULE = "java.management";
    private static final String OBJECT_NAME = "zonal:type=Allocator";

    private final Instrumentation instrumentation;

    private Management(Instrumentation instrumentation) {
        this.instrumentation = instrumentation;
    }

    /** To be called once {@link JdkTransformer} is registered. Never throws: memory comes from Zonal already. */
    static void prepare(Instrumentation instrumentation) {
        if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
            return;
        }
        try {
            PlatformServer.whenAskedFor(new Management(instrumentation));
            for (Class<?> factory : Installation.loaded(instrumentation, PlatformServerWeave.TARGET)) {
                catchUp(instrumentation, factory);
            }
        } catch (Throwable e) {
            Messages.print(Messages.NO_BEAN, e);
        }
    }

    /** For a factory that was loaded before the transformer came, and may have made the server already. */
    private static void catchUp(Instrumentation instrumentation, Class<?> factory) throws Exception {
        instrumentation.retransformClasses(factory);
        ModuleAccess.openToAgent(instrumentation, factory.getModule(), factory.getPackageName());
        Field server = factory.getDeclaredField("platformMBeanServer");
        server.setAccessible(true);
        boolean madeAlready;
        synchronized (factory) { // as the method that makes it
            madeAlready = server.get(null) != null;
        }
        if (madeAlready) {
            ManagementFactory.getPlatformMBeanServer();
        }
    }

    /** Answers the platform server with the beans in it, or null if it can't be made. */
    @Override
    public @Nullable Object get() {
        MBeanServer server;
        try {
            server = ManagementFactory.getPlatformMBeanServer();
        } catch (Throwable e) {
            // The application's own builder, perhaps. It gets its error when the stock body runs once more, as if we
            // were not there.
            PlatformServer.whenAskedFor(this);
            return null;
        }
        try {
            register(server);
        } catch (Throwable e) {
            Messages.print(Messages.NOT_ALL_BEANS, e); // the Java heap has no room to link the lambdas, it may be
        }
        return server;
    }

    private void register(MBeanServer server) {
        register(Messages.NO_BEAN, () -> server.registerMBean(new DescribedBean(), new ObjectName(OBJECT_NAME)));
        register("no MBeans for scrapers, ", () -> MetricsBean.register(server));
        register("no memory pools, ", () -> ZonePools.register(server, instrumentation));
    }

    private interface Registration {
        void run() throws JMException;
    }

    private static void register(String what, Registration registration) {
        try {
            registration.run();
        } catch (Throwable e) {
            Messages.print(what, e);
        }
    }
}
