package zonal.agent.jfr;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.MemoryAddress;
import jdk.jfr.Name;
import jdk.jfr.Throttle;
import jdk.jfr.events.StackFilter;
import jdk.jfr.internal.RemoveFields;

/** A block that was taken and sampled. Its thread and stack are those that took it. */
@Name("zonal.AllocationSample")
@Label("Off-Heap Allocation Sample")
@Description("An off-heap block that was taken, and sampled")
@Category("Zonal")
@Throttle("100/s")
@RemoveFields("duration")
@StackFilter({
    "zonal.agent.jfr.EventObserver",
    "zonal.agent.hook.UnsafeHook",
    "zonal.allocator.Allocator",
    "zonal.allocator.Magazine",
    "zonal.allocator.Malloc",
    "zonal.allocator.Realloc",
    "zonal.allocator.RunHeap",
    "zonal.allocator.Sampler",
    "zonal.allocator.ThreadCache",
    "jdk.internal.misc.Unsafe",
    "sun.misc.Unsafe",
    "java.nio.DirectByteBuffer",
    "java.nio.ByteBuffer",
    "sun.nio.ch.Util",
    "jdk.internal.foreign.SegmentFactories",
    "jdk.internal.foreign.ArenaImpl",
    "jdk.internal.foreign.SlicingAllocator",
    "java.lang.foreign.Arena",
    "java.lang.foreign.SegmentAllocator"
})
final class AllocationSampleEvent extends Event {
    @Label("Address")
    @MemoryAddress
    long address;

    @Label("Size")
    @Description("Bytes asked for")
    @DataAmount
    long bytes;

    @Label("Sample Weight")
    @Description("Bytes of all allocations that this one stands for")
    @DataAmount
    long weight;
}
