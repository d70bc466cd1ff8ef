package zonal.samples.bench;

import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Method;
import javax.management.JMException;
import javax.management.ObjectName;
import zonal.samples.bench.workloads.Workload;
import zonal.samples.bench.workloads.Workloads;

/** The JVM that measures one workload on one allocator, and prints one line. */
final class Worker {
    /** After 1.1 seconds C2 still compiled while it was measured (the CPU time was up to a quarter above the time); after this it seldom does. */
    private static final double WARM_UP_NANOS = 2_200e6;

    private static final double MEASURED_NANOS = 600e6;
    /** A run that takes this share of the warm-up says how many operations take how long. */
    private static final double TELLING_SHARE = 0.03;
    /** How many times more operations the next run does, as long as the last was far from telling. */
    private static final int GROWTH = 8;
    /** Between the last free and the look at what is still resident. */
    private static final long SETTLE_MILLIS = 100;

    /** What {@code allocator} is called that is not a preloaded library's file name. */
    static final String GLIBC = "glibc";

    static final String ZONAL = "zonal";

    private static final String BEAN = "zonal:type=Allocator";

    private Worker() {}

    /** Arguments: workload, scale, and what allocator there should be: glibc, zonal or a library's file name. */
    public static void main(String[] arguments) throws Exception {
        Measurement measurement = measure(arguments[0], Double.parseDouble(arguments[1]));
        checkAllocator(arguments[2]);
        System.out.println(measurement.line());
    }

    private static Measurement measure(String name, double scale) throws InterruptedException {
        ProcessFigures.now();
        ProcessFigures.forgetPeak();
        ProcessFigures before = ProcessFigures.now();
        Workload workload = Workloads.create(name, scale);
        double nanosPerOperation = warmUp(workload, WARM_UP_NANOS * scale);
        long operations = (long) Math.max(1, MEASURED_NANOS * scale / nanosPerOperation);

        long faultsBefore = ProcessFigures.minorFaultsNow();
        double cpuBefore = ProcessFigures.cpuNanosNow();
        long start = System.nanoTime();
        operations = workload.run(operations);
        long nanos = System.nanoTime() - start;
        double cpuNanos = ProcessFigures.cpuNanosNow() - cpuBefore;
        long faults = ProcessFigures.minorFaultsNow() - faultsBefore;

        ProcessFigures full = ProcessFigures.now();
        workload.close();
        Thread.sleep(SETTLE_MILLIS);
        return new Measurement(
                operations,
                (double) nanos / operations,
                cpuNanos / operations,
                faults,
                before.residentKiB(),
                full.peakKiB(),
                ProcessFigures.now().residentKiB(),
                full.mappings());
    }

    /** Runs until the time is over, ever more at once; answers the nanoseconds for an operation, in the end. */
    private static double warmUp(Workload workload, double nanos) throws InterruptedException {
        double telling = nanos * TELLING_SHARE;
        long begin = System.nanoTime();
        long operations = 1;
        while (true) {
            long start = System.nanoTime();
            long done = workload.run(operations);
            long end = System.nanoTime();
            boolean tells = end - start >= telling;
            if (tells && end - begin >= nanos) {
                return (double) (end - start) / done;
            }
            if (!tells) {
                operations = done * (end - start < telling / GROWTH ? GROWTH : 2);
            }
        }
    }

    /**
     * A preload that failed is only a line on stderr; an agent that found an unsupported JVM, too. And who gives a block of one size out twice
     * leaves its stamp right: that is found where the second owner frees it.
     */
    static void checkAllocator(String allocator) throws ReflectiveOperationException, JMException {
        switch (allocator) {
            case GLIBC -> checkNoAgent();
            case ZONAL -> {
                Class<?> inBootLoader = Class.forName("zonal.allocator.Allocator", true, null);
                Method owns = inBootLoader.getMethod("owns", long.class);
                if (!owns.invoke(null, aBlock()).equals(true)) {
                    throw new IllegalStateException("the agent doesn't serve sun.misc.Unsafe");
                }
                Object badFrees =
                        ManagementFactory.getPlatformMBeanServer().getAttribute(new ObjectName(BEAN), "BadFreeCount");
                if (!badFrees.equals(0L)) {
                    throw new IllegalStateException(badFrees + " frees of what was no live block");
                }
            }
            default -> {
                checkNoAgent();
                if (!ProcessFigures.isMapped(allocator)) {
                    throw new IllegalStateException(allocator + " was not loaded");
                }
            }
        }
    }

    private static long aBlock() {
        return Arena.global().allocate(1).address();
    }

    private static void checkNoAgent() throws JMException {
        if (ManagementFactory.getPlatformMBeanServer().isRegistered(new ObjectName(BEAN))) {
            throw new IllegalStateException("the agent serves sun.misc.Unsafe");
        }
    }
}
