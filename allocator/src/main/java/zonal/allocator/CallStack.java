package zonal.allocator;

import java.util.ArrayList;
import java.util.List;
import jdk.internal.misc.Unsafe;

/**
 * The stack of the thread that took a sampled block, as the JVM writes it down: method and bytecode numbers, which become names and
 * lines only when somebody looks.
 *
 * <p>It is a {@link Throwable} because nothing else takes a stack as fast (1 us for 20 frames, <i>measured</i>; the names cost five times as
 * much). It is cloned, never constructed after the first: the constructor would count it among the exceptions that Flight Recorder shows.
 *
 * <p><b>Stacks are told apart by a hash</b> of what the JVM wrote, so that names are made once for each distinct stack and no class is
 * kept from being unloaded by having been on one. At the most sites that are kept, two share a hash once in 10^12 runs. What the
 * JVM writes is its own affair: {@link #READABLE} says whether it looks as we know it, and if it doesn't, the names are made and hashed.
 */
final class CallStack extends Throwable implements Cloneable {

    /** Frames that are kept of a stack, from the innermost on: two of the JVM's chunks. */
    static final int MOST_FRAMES = 64;

    private static final long serialVersionUID = 1;

    // What the JVM's backtrace is made of (javaClasses.cpp, BacktraceBuilder): chunks of parallel arrays.
    private static final int METHODS = 0;
    private static final int BYTECODES = 1;
    private static final int CLASSES = 2;
    private static final int NEXT_CHUNK = 5;
    private static final int CHUNK = 32;

    private static final long MIX_1 = 0xBF58476D1CE4E5B9L;
    private static final long MIX_2 = 0x94D049BB133111EBL;

    @SuppressWarnings("NullAway") // never read when there is no internal access
    private static final Unsafe U = Memory.INTERNAL ? Unsafe.getUnsafe() : null;

    private static final long BACKTRACE = Memory.INTERNAL ? backtraceOffset() : -1;

    @SuppressWarnings("StaticAssignmentOfThrowable") // never thrown
    private static final CallStack PROTOTYPE = new CallStack();

    /** Whether the JVM's own form of a stack is as we know it. */
    static final boolean READABLE = BACKTRACE >= 0 && isAsKnown();

    private CallStack() {
        super(null, null, false, true);
    }

    private static long backtraceOffset() {
        try {
            return U.objectFieldOffset(Throwable.class, "backtrace");
        } catch (InternalError e) {
            return -1; // a JDK with another Throwable
        }
    }

    /** Looks at a stack of more than one chunk. */
    private static boolean isAsKnown() {
        return U.getReference(deep(CHUNK), BACKTRACE) instanceof Object[] first
                && isChunk(first)
                && first[NEXT_CHUNK] instanceof Object[] second
                && isChunk(second);
    }

    private static CallStack deep(int frames) {
        return frames == 0 ? here() : deep(frames - 1);
    }

    private static boolean isChunk(Object[] chunk) {
        return chunk.length > NEXT_CHUNK
                && chunk[METHODS] instanceof short[] methods
                && chunk[BYTECODES] instanceof int[] bytecodes
                && chunk[CLASSES] instanceof Object[] classes
                && methods.length == CHUNK
                && bytecodes.length == CHUNK
                && classes.length == CHUNK
                && classes[0] == CallStack.class;
    }

    /** The calling thread's stack. */
    static CallStack here() {
        try {
            CallStack stack = (CallStack) PROTOTYPE.clone();
            stack.fillInStackTrace();
            return stack;
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(e); // it is Cloneable
        }
    }

    /** A number that tells this stack from others. */
    long hash() {
        return READABLE ? hashOfBacktrace() : hashOfNames();
    }

    private long hashOfBacktrace() {
        long hash = 0;
        Object[] chunk = (Object[]) U.getReference(this, BACKTRACE);
        for (int frames = 0; chunk != null && frames < MOST_FRAMES; frames += CHUNK) {
            short[] methods = (short[]) chunk[METHODS];
            int[] bytecodes = (int[]) chunk[BYTECODES];
            Object[] classes = (Object[]) chunk[CLASSES];
            for (int i = 0; i < CHUNK && classes[i] != null; i++) {
                hash = mix(hash ^ hashOf((Class<?>) classes[i]), MIX_1);
                hash = mix(hash ^ ((long) methods[i] << 32 | (bytecodes[i] & 0xffffffffL)), MIX_2);
            }
            chunk = (Object[]) chunk[NEXT_CHUNK];
        }
        return hash;
    }

    /** Of classes that are alike but for their names, as generated ones are, or but for their loaders. */
    private static long hashOf(Class<?> type) {
        return (long) type.getName().hashCode() << 32 | (System.identityHashCode(type) & 0xffffffffL);
    }

    private long hashOfNames() {
        long hash = 0;
        int frames = 0;
        for (StackTraceElement frame : getStackTrace()) {
            hash = mix(hash ^ frame.hashCode(), MIX_1);
            if (++frames == MOST_FRAMES) {
                break;
            }
        }
        return hash;
    }

    private static long mix(long value, long multiplier) {
        long product = value * multiplier;
        return product ^ product >>> 29;
    }

    /**
     * The frames from the caller on, innermost first, at most {@link #MOST_FRAMES}. What lies above the caller is left out: Zonal's own
     * frames, {@code Unsafe}, and those of the JDK's insides and of direct buffers and arenas. Where nothing else is on the stack,
     * the JDK's frames stay.
     */
    List<StackTraceElement> callers() {
        return callers(getStackTrace());
    }

    static List<StackTraceElement> callers(StackTraceElement[] all) {
        int end = Math.min(all.length, MOST_FRAMES);
        int own = 0;
        while (own < end && isOwn(all[own].getClassName())) {
            own++;
        }
        int first = own;
        while (first < end && (isInside(all[first].getClassName()) || isOwn(all[first].getClassName()))) {
            first++;
        }
        List<StackTraceElement> callers = new ArrayList<>();
        for (int i = first < end ? first : own; i < end; i++) {
            callers.add(all[i]);
        }
        return List.copyOf(callers);
    }

    private static boolean isOwn(String className) {
        return isIn("zonal.allocator", className)
                || isIn("zonal.agent.hook", className)
                || className.endsWith(".misc.Unsafe");
    }

    /** Whether a class is of the JDK's way from what an application calls to {@code Unsafe}. */
    private static boolean isInside(String className) {
        return className.startsWith("jdk.internal.")
                || className.startsWith("sun.")
                || isIn("java.nio", className)
                || isIn("java.lang.foreign", className)
                || isIn("java.lang.invoke", className)
                || isIn("java.lang.reflect", className);
    }

    private static boolean isIn(String packageName, String className) {
        return className.length() > packageName.length()
                && className.startsWith(packageName)
                && className.charAt(packageName.length()) == '.'
                && className.indexOf('.', packageName.length() + 1) < 0;
    }
}
