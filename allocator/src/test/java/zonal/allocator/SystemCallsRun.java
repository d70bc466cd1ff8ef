package zonal.allocator;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Counts the bytes of the Java heap that the first {@code main(calls)} system calls after the start take. */
final class SystemCallsRun {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private SystemCallsRun() {}

    public static void main(String[] args) {
        ChildJvm.configure();
        Allocator.start();
        allocatedBy(0);
        long asking = allocatedBy(0); // in the interpreter, to ask takes some itself
        System.out.println("allocated=" + (allocatedBy(Integer.parseInt(args[0])) - asking));
    }

    private static long allocatedBy(int calls) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < calls; i++) {
            SystemCalls.sleepMicros(1);
        }
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }
}
