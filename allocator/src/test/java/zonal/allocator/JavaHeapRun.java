package zonal.allocator;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Counts the bytes of the Java heap that {@code main(bytes, pairs)} takes for so many pairs of calls, after as many to warm up. */
final class JavaHeapRun {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int BATCH = 700;
    private static final int MEASUREMENTS = 12;

    private JavaHeapRun() {}

    public static void main(String[] args) {
        ChildJvm.configure();
        Allocator.start();
        long bytes = Long.parseLong(args[0]);
        long pairs = Long.parseLong(args[1]);
        long least = Long.MAX_VALUE;
        for (int i = 0; i < MEASUREMENTS && least > 0; i++) {
            // The first ones also count what the JVM makes once, such as profiles of branches not taken before, and
            // what downcalls take until C2, which works in the background, has compiled them.
            long before = THREADS.getCurrentThreadAllocatedBytes();
            churn(bytes, pairs);
            least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        System.out.println("allocated=" + least);
    }

    private static void churn(long bytes, long pairs) {
        // In turn: one after another, resized, zeroed, and a batch that magazines are filled from and flushed into.
        long block = 0;
        for (long i = 0; i < pairs; i++) {
            Allocator.free(block);
            block = (i & 7) == 0 ? Allocator.calloc(1, bytes) : Allocator.malloc(bytes);
            if ((i & 3) == 0) {
                block = Allocator.realloc(block, bytes + (i & 31));
            }
            if ((i & 15) == 0) {
                block = Allocator.realloc(block, bytes * 3);
            }
            Allocator.usableSize(block);
        }
        Allocator.free(block);
        for (long i = 0; i < pairs / BATCH; i++) {
            long last = 0;
            for (int k = 0; k < BATCH; k++) {
                long next = Allocator.tryMalloc(bytes);
                Memory.putLong(next, last);
                last = next;
            }
            while (last != 0) {
                long next = Memory.getLong(last);
                Allocator.tryFree(last);
                last = next;
            }
        }
    }
}
