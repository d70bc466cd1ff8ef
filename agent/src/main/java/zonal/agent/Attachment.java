package zonal.agent;

import java.lang.instrument.Instrumentation;
import jdk.internal.misc.Unsafe;
import org.jspecify.annotations.Nullable;
import zonal.allocator.Allocator;

/**
 * Whether {@code Unsafe} takes new blocks from Zonal: it does once installed, until {@link #detach}, and again after {@link #attach}.
 *
 * <p>While detached, Zonal's live blocks are freed by Zonal as before. A realloc moves one to memory of stock, so that they only become fewer; what
 * is free goes back to the system in time. {@code Unsafe} is woven anew each time: nothing is asked on the way of a call.
 *
 * <p>Thread-safe. Calls that were under way end as they began.
 */
final class Attachment {
    private static @Nullable Attachment installed;

    private final Instrumentation instrumentation;
    private final JdkTransformer transformer;
    private boolean attached = true;

    private Attachment(Instrumentation instrumentation, JdkTransformer transformer) {
        this.instrumentation = instrumentation;
        this.transformer = transformer;
    }

    /** Notes that {@code Unsafe} is about to be woven by {@code transformer}. */
    static synchronized void installed(Instrumentation instrumentation, JdkTransformer transformer) {
        installed = new Attachment(instrumentation, transformer);
    }

    static synchronized boolean isAttached() {
        return installed != null && installed.attached;
    }

    /**
     * New requests are served by stock from now on.
     *
     * @throws IllegalStateException with a line that says why, if they go on being served by Zonal
     */
    static synchronized void detach() {
        change(false);
    }

    /**
     * New requests are served by Zonal again, with the options that it was installed with.
     *
     * @throws IllegalStateException with a line that says why, if they are not
     */
    static synchronized void attach() {
        change(true);
    }

    private static void change(boolean attach) {
        if (installed == null) {
            throw new IllegalStateException("not installed in this JVM");
        }
        if (installed.attached == attach) {
            throw new IllegalStateException(attach ? "attached already" : "detached already");
        }
        installed.weave(attach);
    }

    private void weave(boolean attach) {
        transformer.serve(attach);
        try {
            instrumentation.retransformClasses(Unsafe.class);
            transformer.throwFailure();
        } catch (Throwable e) {
            // The JVM has kept the form there was.
            transformer.serve(!attach);
            // Without its cause, whose class a JMX client may not have.
            throw new IllegalStateException((attach ? "still detached, " : "still attached, ") + Messages.of(e));
        }
        attached = attach;
        tellTools(attach);
        if (servesNewRequests() != attach) {
            throw new IllegalStateException("the JVM did not take the other form of jdk.internal.misc.Unsafe");
        }
    }

    private static void tellTools(boolean attach) {
        try {
            Presence.setAttached(attach);
        } catch (LinkageError e) {
            // it could not be announced either
        }
    }

    private static boolean servesNewRequests() {
        Unsafe unsafe = Unsafe.getUnsafe();
        long taken = unsafe.allocateMemory(Installation.PROBE_BYTES);
        boolean ours = Allocator.owns(taken);
        unsafe.freeMemory(taken);
        return ours;
    }
}
