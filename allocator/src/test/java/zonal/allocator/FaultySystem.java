package zonal.allocator;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A system that refuses calls when a test says so: {@code mmap}, {@code munmap}, {@code mprotect}, {@code madvise}, {@code mremap} and
 * {@code membarrier} of the allocator, and of nobody else in the JVM.
 *
 * <p>{@link #install} comes first in a child's {@code main}, before anything of the allocator; from then on one rule at a time is in
 * force. A refused call does nothing and answers -1, as the system's does; but where one was to move OS pages, what was there before can't be
 * accessed any more: the system's may have unmapped that before it noticed. (Here it stays mapped, so that nobody else's mapping slips in.)
 *
 * <pre>
 *   refuse(MMAP, MUNMAP)       all calls of these kinds
 *   refuseNth(n)               the nth call of any kind from now on, 1 being the next, and no other
 *   refuseFrom(n, MMAP)        the nth call of these kinds from now on, and all later ones
 *   refuseCommitsBeyond(bytes) calls that would make more memory writable than so many bytes in all: strict overcommit
 *   refuseNothing()
 * </pre>
 *
 * <p>"At every call, in turn": run a scenario with {@code refuseNth(1)}, {@code refuseNth(2)}, ... until {@link #refused} says that it ended
 * before the call that was to be refused. {@link #onlyForThisThread} leaves the housekeeper's calls out of it. Counts and rules
 * may be changed while threads allocate; nothing here uses the Java heap, since calls come from below the JDK.
 */
final class FaultySystem {

    /** A function that can be refused; {@code sysconf} and {@code usleep} can't. */
    static final class Call {
        static final Call MMAP = new Call("mmap");
        static final Call MUNMAP = new Call("munmap");
        static final Call MPROTECT = new Call("mprotect");
        static final Call MADVISE = new Call("madvise");
        static final Call MREMAP = new Call("mremap");

        /** {@code membarrier}, which is the only call that is made so. */
        static final Call BARRIER = new Call("syscall");

        private static final List<Call> ALL = List.of(MMAP, MUNMAP, MPROTECT, MADVISE, MREMAP, BARRIER);

        private final String function;
        private final AtomicLong count = new AtomicLong();

        /** The system's function. */
        private volatile @Nullable MethodHandle real;

        /** Whether the rule in force is about this function. */
        private volatile boolean ruled = true;

        private Call(String function) {
            this.function = function;
        }

        /** The call of this name, such as {@code mmap}. */
        static Call of(String function) {
            return ALL.stream()
                    .filter(call -> call.function.equals(function))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static final long NEVER = Long.MAX_VALUE;
    private static final int PROT_WRITE = 2;

    private static final AtomicLong REFUSED = new AtomicLong();
    private static final AtomicLong COMMITTED = new AtomicLong();

    // The rule in force. They are written one by one: a call that comes between sees parts of two rules, and tests
    // don't mind.
    private static final AtomicLong UNTIL_REFUSED = new AtomicLong(NEVER);
    private static volatile boolean all;
    private static volatile boolean allLater;
    private static volatile long mostCommitted = NEVER;
    private static volatile long onlyThread;
    private static volatile @Nullable Runnable whileUnmapped;
    private static volatile @Nullable Runnable whileGivenBack;

    private FaultySystem() {}

    /** Puts this layer over the system. Refuses nothing yet. */
    static void install() {
        MethodHandle call;
        try {
            call = MethodHandles.lookup()
                    .findStatic(
                            FaultySystem.class,
                            "call",
                            MethodType.methodType(
                                    long.class,
                                    Call.class,
                                    MethodHandle.class,
                                    long.class,
                                    long.class,
                                    long.class,
                                    long.class,
                                    long.class,
                                    long.class));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("FaultySystem.call", e);
        }
        SystemLayer.set((function, real) -> {
            for (Call known : Call.ALL) {
                if (known.function.equals(function)) {
                    known.real = real;
                    return MethodHandles.insertArguments(call, 0, known, real);
                }
            }
            return real;
        });
    }

    @SuppressWarnings("UnusedMethod") // by its handle
    private static long call(Call call, MethodHandle real, long a, long b, long c, long d, long e, long f)
            throws Throwable {
        call.count.incrementAndGet();
        Runnable meanwhile = whileGivenBack;
        if (call == Call.MADVISE && meanwhile != null && isRuled()) {
            meanwhile.run();
        }
        if (isRefused(call, b, c)) {
            REFUSED.incrementAndGet();
            if (call == Call.MREMAP && e != 0) {
                protect(e, c);
                Runnable act = whileUnmapped;
                if (act != null) {
                    act.run();
                }
            }
            return SystemCalls.REFUSED;
        }
        long result = (long) real.invokeExact(a, b, c, d, e, f);
        if (result != SystemCalls.REFUSED) {
            COMMITTED.addAndGet(commits(call, b, c));
        }
        return result;
    }

    /** Makes memory inaccessible. */
    private static void protect(long address, long bytes) throws Throwable {
        MethodHandle real = Objects.requireNonNull(Call.MPROTECT.real);
        if ((long) real.invokeExact(address, bytes, 0L, 0L, 0L, 0L) == 0) {
            COMMITTED.addAndGet(-bytes);
        }
    }

    /** Whether rules hold for the calling thread's calls. */
    private static boolean isRuled() {
        return onlyThread == 0 || onlyThread == Thread.currentThread().threadId();
    }

    private static boolean isRefused(Call call, long bytes, long protection) {
        if (!call.ruled || !isRuled()) {
            return false;
        }
        if (all || (mostCommitted != NEVER && COMMITTED.get() + commits(call, bytes, protection) > mostCommitted)) {
            return true;
        }
        boolean nth = UNTIL_REFUSED.get() != NEVER && UNTIL_REFUSED.decrementAndGet() == 0;
        if (nth && allLater) {
            all = true;
        }
        return nth;
    }

    /** Bytes that a call makes writable, or, negative, takes away. What is made writable twice counts twice: a stricter system. */
    private static long commits(Call call, long bytes, long protection) {
        if (call == Call.MMAP || call == Call.MPROTECT) {
            return (protection & PROT_WRITE) != 0 ? bytes : 0;
        }
        if (call == Call.MREMAP) {
            return protection - bytes; // mremap(address, old bytes, new bytes)
        }
        return call == Call.MUNMAP ? -bytes : 0;
    }

    /** From now on, all calls of these kinds are refused. */
    static void refuse(Call... calls) {
        refuseNothing();
        ruleOnly(calls);
        all = true;
    }

    /** The nth call from now on is refused, 1 being the next; no other. */
    static void refuseNth(long n) {
        refuseNothing();
        UNTIL_REFUSED.set(n);
    }

    /** As {@link #refuseNth}, of one kind. */
    static void refuseNth(Call call, long n) {
        refuseNothing();
        ruleOnly(call);
        UNTIL_REFUSED.set(n);
    }

    /** As {@link #refuseNth}, of these kinds, and all their later calls, too. */
    static void refuseFrom(long n, Call... calls) {
        refuseNothing();
        ruleOnly(calls);
        allLater = true;
        UNTIL_REFUSED.set(n);
    }

    private static void ruleOnly(Call... calls) {
        List<Call> ruled = List.of(calls);
        for (Call call : Call.ALL) {
            call.ruled = ruled.contains(call);
        }
    }

    /** From now on, calls that would make more than {@code bytes} writable, all that was so far included, are refused. */
    static void refuseCommitsBeyond(long bytes) {
        refuseNothing();
        mostCommitted = bytes;
    }

    /** From now on, nothing is refused. The count of refused calls starts anew. */
    static void refuseNothing() {
        all = false;
        allLater = false;
        UNTIL_REFUSED.set(NEVER);
        mostCommitted = NEVER;
        for (Call call : Call.ALL) {
            call.ruled = true;
        }
        REFUSED.set(0);
    }

    /** What comes between, where a call that was to move OS pages is refused, and what was there before can't be accessed; null: nothing. */
    static void whileUnmapped(@Nullable Runnable act) {
        whileUnmapped = act;
    }

    /** What comes between, where memory is to go back to the system, be it refused or not; null: nothing. */
    static void whileGivenBack(@Nullable Runnable act) {
        whileGivenBack = act;
    }

    /** Rules hold for the calling thread's calls alone. */
    static void onlyForThisThread() {
        onlyThread = Thread.currentThread().threadId();
    }

    /** Rules hold for all threads' calls, as they do at first. */
    static void forAllThreads() {
        onlyThread = 0;
    }

    /** Calls refused since the rule was set. */
    static long refused() {
        return REFUSED.get();
    }

    /** Calls of a kind so far, refused ones included. */
    static long count(Call call) {
        return call.count.get();
    }

    /** Calls of all kinds so far, refused ones included. */
    static long count() {
        long sum = 0;
        for (Call call : Call.ALL) {
            sum += call.count.get();
        }
        return sum;
    }

    /** Bytes that are writable by the calls that were granted. */
    static long committed() {
        return COMMITTED.get();
    }
}
