package zonal.agent;

import java.lang.instrument.ClassFileTransformer;
import java.security.ProtectionDomain;
import org.jspecify.annotations.Nullable;

/**
 * The transformer through which the JVM asks for the woven form of four classes of the JDK, and leaves all others alone.
 *
 * <p>It stays registered, as a retransforming one: whenever another agent retransforms or redefines {@code Unsafe}, the JVM
 * comes here again, and the hook stays in. It must never be missing while blocks of ours live, for the stock
 * {@code freeMemory} would end the process on them. So if a later weave fails, for want of heap or stack, the last good form
 * is answered instead; what the other agent wanted is lost then, and nothing else.
 */
final class JdkTransformer implements ClassFileTransformer {
    private boolean serving = true;
    private byte @Nullable [] lastWovenUnsafe;
    private @Nullable Throwable failure;

    @Override
    public byte @Nullable [] transform(
            Module module,
            @Nullable ClassLoader loader,
            @Nullable String className,
            @Nullable Class<?> classBeingRedefined,
            @Nullable ProtectionDomain protectionDomain,
            byte[] classFile) {
        // This is asked for every class the application loads: the first compare ends it for nearly all.
        if (loader != null || className == null) {
            return null;
        }
        if (className.equals(UnsafeWeave.TARGET)) {
            return unsafe(classFile);
        }
        if (className.equals(ZeroingWeave.BITS) || className.equals(ZeroingWeave.SEGMENTS)) {
            return zeroing(className, classFile);
        }
        if (className.equals(PlatformServerWeave.TARGET)) {
            return managementFactory(classFile);
        }
        return null;
    }

    /** Which form {@code Unsafe} has from its next retransformation on: whether it takes new blocks from Zonal. */
    synchronized void serve(boolean newServing) {
        serving = newServing;
        failure = null;
    }

    /** Throws what a weave of {@code Unsafe} failed with, if one did: the JVM itself keeps silent about it. */
    synchronized void throwFailure() throws UnexpectedClassException {
        if (failure != null) {
            throw new UnexpectedClassException("weaving failed: " + Messages.of(failure));
        }
    }

    private synchronized byte @Nullable [] unsafe(byte[] classFile) {
        try {
            lastWovenUnsafe = serving ? UnsafeWeave.weave(classFile) : UnsafeWeave.weaveLeaving(classFile);
        } catch (Throwable e) {
            failure = e;
        }
        return lastWovenUnsafe;
    }

    private synchronized byte @Nullable [] zeroing(String className, byte[] classFile) {
        if (failure != null && lastWovenUnsafe == null) {
            return null; // nothing is installed: this class is to stay as it is, too
        }
        try {
            return ZeroingWeave.weave(className, classFile);
        } catch (Throwable e) {
            return null; // zeroing what is zero is slow, not wrong
        }
    }

    private static byte @Nullable [] managementFactory(byte[] classFile) {
        try {
            return PlatformServerWeave.weave(classFile);
        } catch (Throwable e) {
            Messages.print(Messages.NO_BEAN, e);
            return null;
        }
    }
}
