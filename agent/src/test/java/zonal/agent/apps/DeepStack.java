package zonal.agent.apps;

import java.lang.management.ManagementFactory;
import java.util.SplittableRandom;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import jdk.internal.misc.Unsafe;

/**
 * Calls {@code Unsafe} at every depth of a stack that overflows, first with Zonal and then after a detach, when blocks of Zonal's are freed and moved
 * away. A call that is cut off must have done nothing, and one that comes back everything. Prints "damaged", "lost", "bad frees" and "overflows".
 */
public final class DeepStack {
    private static final Unsafe UNSAFE = Unsafe.getUnsafe();
    private static final long STACK_BYTES = 256 << 10;
    private static final int THREADS = 40;
    private static final int OVERFLOWS_OF_A_THREAD = 25;
    private static final int[] SIZES = {16, 100, 1_000, 3_000, 20_000, 40_000, 80_000};

    /** A probe reaches further than so many frames of {@link #deeper}: the end is met in a call. */
    private static final int FRAMES_BETWEEN_CALLS = 8;

    /** What is live, by the returns of {@code Unsafe}. No call lies between a return and its note here. */
    private static final long[] LIVE = new long[1_000];

    private static long random = 1;
    private static int overflows;
    private static int damaged;

    private DeepStack() {}

    public static void main(String[] arguments) throws InterruptedException, JMException {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        ObjectName bean = new ObjectName("zonal:type=Allocator");
        long before = (Long) server.getAttribute(bean, "LiveBlocks");
        overflowInThreads(1);
        server.invoke(bean, "detach", null, null);
        overflowInThreads(2);
        for (int slot = 0; slot < LIVE.length; slot++) {
            verify(slot);
            UNSAFE.freeMemory(LIVE[slot]);
        }
        System.out.println("damaged " + damaged);
        System.out.println("lost " + lost(server, bean, before));
        System.out.println("bad frees " + server.getAttribute(bean, "BadFreeCount"));
        System.out.println("overflows " + overflows);
    }

    /** What the housekeeper moves while it is counted may be counted twice, or not at all: so this looks until nothing is lost, for a while. */
    private static long lost(MBeanServer server, ObjectName bean, long before)
            throws JMException, InterruptedException {
        long lost = -1;
        for (int look = 0; lost != 0 && look < 100; look++) {
            Thread.sleep(30);
            lost = (Long) server.getAttribute(bean, "LiveBlocks") - before;
        }
        return lost;
    }

    private static void overflowInThreads(long seed) throws InterruptedException {
        SplittableRandom seeds = new SplittableRandom(seed);
        for (int i = 0; i < THREADS; i++) {
            Thread thread = new Thread(null, () -> overflow(seeds), "deep", STACK_BYTES + seeds.nextInt(4096));
            thread.start();
            thread.join();
        }
    }

    private static void overflow(SplittableRandom seeds) {
        for (int i = 0; i < OVERFLOWS_OF_A_THREAD; i++) {
            random = seeds.nextLong();
            try {
                deeper();
            } catch (StackOverflowError e) {
                overflows++;
            }
        }
    }

    private static long deeper() {
        mayCall();
        return random < 0 ? deeper() : deeper(random, overflows);
    }

    /** As {@link #deeper()}, with a larger frame: the end of the stack is met at any place of any frame. */
    private static long deeper(long a, long b) {
        mayCall();
        return a + b + (random < 0 ? deeper() : deeper(b, a));
    }

    private static void mayCall() {
        random = random * 6364136223846793005L + 1442695040888963407L;
        if ((random >>> 40) % FRAMES_BETWEEN_CALLS == 0) {
            call();
        }
    }

    private static void call() {
        int dice = (int) (random >>> 33);
        int slot = (dice >>> 8) % LIVE.length;
        int size = SIZES[(dice >>> 3 & 31) % SIZES.length] + (dice & 7);
        if (LIVE[slot] == 0) {
            LIVE[slot] = UNSAFE.allocateMemory(size);
            UNSAFE.putLong(LIVE[slot], slot);
        } else if ((dice & 3) == 0) {
            UNSAFE.freeMemory(LIVE[slot]);
            LIVE[slot] = 0;
        } else {
            LIVE[slot] = UNSAFE.reallocateMemory(LIVE[slot], size);
            verify(slot);
        }
    }

    private static void verify(int slot) {
        if (LIVE[slot] != 0 && UNSAFE.getLong(LIVE[slot]) != slot) {
            damaged++;
        }
    }
}
