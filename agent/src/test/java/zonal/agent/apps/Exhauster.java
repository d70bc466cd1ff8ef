package zonal.agent.apps;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * Takes blocks, and never touches them, until Zonal's address range has no room for another; then resizes a small block of
 * Zonal's to a size that only the stock allocator has left. Prints what became of its contents, and of the counters.
 */
public final class Exhauster {
    private static final long STEP = 1L << 30;
    private static final int MOST_STEPS = 2_000;

    private Exhauster() {}

    public static void main(String[] arguments) throws JMException {
        long small = RawMemory.allocate(64);
        RawMemory.putLong(small, 4711);
        RawMemory.putLong(small + 56, 4712);
        List<Long> blocks = new ArrayList<>();
        long live;
        do {
            live = counter("LiveBlocks");
            blocks.add(RawMemory.allocate(STEP));
        } while (counter("LiveBlocks") > live && blocks.size() < MOST_STEPS);
        System.out.println("full " + (blocks.size() < MOST_STEPS));
        long moved = RawMemory.reallocate(small, STEP);
        System.out.println("contents " + RawMemory.getLong(moved) + " " + RawMemory.getLong(moved + 56));
        System.out.println("freed by the move " + (live - counter("LiveBlocks")));
        RawMemory.free(moved);
        blocks.forEach(RawMemory::free);
        System.out.println("bad frees " + counter("BadFreeCount"));
    }

    private static long counter(String attribute) throws JMException {
        return (Long) ManagementFactory.getPlatformMBeanServer()
                .getAttribute(new ObjectName("zonal:type=Allocator"), attribute);
    }
}
