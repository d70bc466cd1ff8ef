package zonal.allocator;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bad frees and reallocs: counted, and dealt with as {@code on-error} says. The heap has not been touched when one arrives here.
 *
 * <p>This uses the Java heap, and holds no lock of the allocator.
 */
final class BadCalls {

    // The calls. They are constants of this class, which the warm-up uses: so their strings are made then, and not
    // where a free or realloc first names them.
    static final String FREE = "free";
    static final String REALLOC = "realloc";

    private static final ErrorMode MODE = Options.current().onError();
    private static final int ABORT_EXIT_CODE = 134;

    /** Most call sites that are remembered and reported; beyond it bad calls are only counted. */
    private static final int MOST_SITES = 1_000;

    private static final int FRAMES_OF_A_SITE = 8;

    /** The classes on the way here, in front of the caller's frames. */
    private static final Set<String> OWN = Set.of(
            "zonal.allocator.BadCalls",
            "zonal.allocator.Free",
            "zonal.allocator.Realloc",
            "zonal.allocator.RunHeap",
            "zonal.allocator.StrictMappings",
            "zonal.allocator.Allocator");

    private static final AtomicLong COUNT = new AtomicLong();
    private static final Set<String> REPORTED_SITES = ConcurrentHashMap.newKeySet();

    private BadCalls() {}

    static long count() {
        return COUNT.get();
    }

    /** Deals with a bad {@code call}, {@link #FREE} or {@link #REALLOC}, of an address in our range where no live block starts. */
    static void report(String call, long address) {
        COUNT.incrementAndGet();
        try {
            reportCounted(call, address);
        } catch (OutOfMemoryError | LinkageError e) {
            // Counted it is. A free must not fail because the Java heap has no room for what there is to say of it, or
            // had none when a class that says it was first used.
        }
    }

    private static void reportCounted(String call, long address) {
        String reason = reason(address);
        Observer observer = Allocator.observer();
        if (observer != null) {
            observer.badCall(call, address, reason);
        }
        String message = "bad " + call + " of 0x" + Long.toHexString(address) + ": " + reason;
        if (MODE == ErrorMode.THROW) {
            throw new IllegalArgumentException(message);
        }
        StackTraceElement[] stack = callers(new Throwable().getStackTrace());
        if (MODE == ErrorMode.ABORT || isNewSite(stack)) {
            StringBuilder text = new StringBuilder("zonal: ").append(message);
            text.append(" (thread ")
                    .append(PlainText.of(Thread.currentThread().getName()))
                    .append(')');
            for (StackTraceElement frame : stack) {
                text.append(System.lineSeparator()).append("\tat ").append(PlainText.of(frame.toString()));
            }
            print(text);
        }
        if (MODE == ErrorMode.ABORT) {
            Runtime.getRuntime().halt(ABORT_EXIT_CODE);
        }
    }

    /** {@code System.err} is the application's: null, it may be, or a stream that throws. A free must not fail because of it. */
    private static void print(StringBuilder text) {
        try {
            System.err.println(text);
        } catch (RuntimeException e) {
            // counted it is
        }
    }

    /** A site is told from others by a few frames above {@code Unsafe}: behind a wrapper, the wrapper's caller is what differs. */
    private static boolean isNewSite(StackTraceElement[] stack) {
        StringBuilder site = new StringBuilder();
        int frames = 0;
        for (int i = 0; i < stack.length && frames < FRAMES_OF_A_SITE; i++) {
            if (!stack[i].getClassName().endsWith(".misc.Unsafe")) {
                site.append(stack[i]).append('\n');
                frames++;
            }
        }
        return REPORTED_SITES.size() < MOST_SITES && REPORTED_SITES.add(site.toString());
    }

    /** The stack from the caller on. */
    private static StackTraceElement[] callers(StackTraceElement[] stack) {
        int first = 0;
        while (first < stack.length && OWN.contains(stack[first].getClassName())) {
            first++;
        }
        StackTraceElement[] callers = new StackTraceElement[stack.length - first];
        System.arraycopy(stack, first, callers, 0, callers.length);
        return callers;
    }

    private static String reason(long address) {
        if ((address & 15) != 0) {
            return "no block starts there (blocks are 16-byte aligned)";
        }
        return BlockMap.isCached(address)
                ? "the block there is free already (freed twice?)"
                : "no live block starts there (freed twice, inside a block, or never allocated)";
    }
}
