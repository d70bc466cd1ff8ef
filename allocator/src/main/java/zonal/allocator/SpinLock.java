package zonal.allocator;

import java.util.concurrent.atomic.AtomicInteger;
import jdk.internal.vm.annotation.DontInline;

/**
 * A lock that the JDK can't need: no monitor, no park, no queue of Java objects.
 *
 * <p>Critical sections are short, and few of them make a system call, so a contender spins a little; then it sleeps in the C library,
 * which a stopped holder makes cheap for everybody else (64 threads on two cores must not burn the time slice that the holder
 * waits for). It does not park: a park would consume a permit that the application's own code waits for, and would unmount a
 * virtual thread inside the allocator. Not reentrant, not fair.
 */
final class SpinLock {

    private static final int SPINS = 512;
    static final int FIRST_SLEEP_MICROS = 20;
    private static final int LONGEST_SLEEP_MICROS = 1_000;

    private final AtomicInteger held = new AtomicInteger();

    boolean tryLock() {
        return held.get() == 0 && held.compareAndSet(0, 1);
    }

    void lock() {
        if (!held.compareAndSet(0, 1)) {
            lockContended();
        }
    }

    /** As {@link #tryLock}, but waits for as long as a thread that is not stopped may have the lock. */
    boolean trySpinning() {
        return tryLock() || spin();
    }

    @DontInline
    private boolean spin() {
        for (int spin = 0; spin < SPINS; spin++) {
            if (tryLock()) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    @DontInline
    private void lockContended() {
        if (trySpinning()) {
            return;
        }
        int micros = FIRST_SLEEP_MICROS;
        while (!tryLock()) {
            SystemCalls.sleepMicros(micros);
            micros = longer(micros);
        }
    }

    /** How long to sleep next, microseconds. */
    static int longer(int micros) {
        return Math.min(LONGEST_SLEEP_MICROS, micros << 1);
    }

    void unlock() {
        held.setRelease(0);
    }
}
