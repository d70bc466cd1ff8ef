package zonal.samples.waste;

import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.IntSupplier;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import sun.misc.Unsafe;
import zonal.samples.TheUnsafe;
import zonal.samples.report.Table;

/**
 * Takes and fills blocks of one size after another, and prints which part of the memory that it took is none that was asked for: what sizes
 * are rounded up by, the allocator's own data, and the ends of pages. By the agent's own account, which it must be started with, and with a short
 * decay, so that nothing of one size is left when the next one's turn comes.
 */
public final class Waste {

    private static final long LIVE = 128 << 20;
    private static final int MIXED_UP_TO = 1024;
    private static final long SEED = 1;
    private static final String HOW = "start with -javaagent:zonal-agent.jar=decay=100ms";
    private static final int LONGEST_WAIT_MILLIS = 5_000;

    /** Longer than the agent's answer of how much is resident may be old. */
    private static final int PAUSE_MILLIS = 200;

    private static final int[] SIZES = {
        8, 16, 24, 32, 40, 48, 64, 100, 128, 200, 256, 400, 500, 512, 1000, 1024, 1100, 2000, 4096, 5000, 10_000,
        20_000, 32_768, 40_000, 65_536, 100_000, 1_000_000
    };

    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    private final Unsafe unsafe = TheUnsafe.get();

    private Waste() {}

    public static void main(String[] args) throws JMException {
        Waste waste = new Waste();
        waste.share(() -> MIXED_UP_TO); // to warm up
        Table table = new Table("bytes asked for", "of all memory taken, not asked for");
        for (int size : SIZES) {
            table.row(Integer.toString(size), percent(waste.share(() -> size)));
        }
        SplittableRandom random = new SplittableRandom(SEED);
        table.row("1 to " + MIXED_UP_TO + ", mixed", percent(waste.share(() -> 1 + random.nextInt(MIXED_UP_TO))));
        System.out.print(table);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    private double share(IntSupplier sizes) throws JMException {
        long[] blocks = new long[(int) (LIVE / 8)];
        long residentBefore = attribute("ResidentBytes");
        long live = 0;
        int count = 0;
        while (live < LIVE && count < blocks.length) {
            int bytes = sizes.getAsInt();
            blocks[count] = take(bytes);
            count++;
            live += bytes;
        }
        sleep();
        long resident = attribute("ResidentBytes") - residentBefore;
        for (int i = 0; i < count; i++) {
            give(blocks[i]);
        }
        giveBack();
        return (double) (resident - live) / resident;
    }

    @SuppressWarnings("removal") // what applications use
    private long take(int bytes) {
        long block = unsafe.allocateMemory(bytes);
        unsafe.setMemory(block, bytes, (byte) 1);
        return block;
    }

    @SuppressWarnings("removal")
    private void give(long block) {
        unsafe.freeMemory(block);
    }

    /** Waits until the memory of free blocks has gone back to the system. */
    private void giveBack() throws JMException {
        for (int i = 0; i < LONGEST_WAIT_MILLIS / PAUSE_MILLIS; i++) {
            sleep();
            if (attribute("ResidentBytes") < LIVE / 16) {
                return;
            }
        }
        throw new IllegalStateException("what was freed is still in memory: " + HOW);
    }

    private static void sleep() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private long attribute(String name) throws JMException {
        try {
            return (Long) server.getAttribute(new ObjectName("zonal:type=Allocator"), name);
        } catch (InstanceNotFoundException e) {
            throw new IllegalStateException("there is no agent: " + HOW, e);
        }
    }
}
