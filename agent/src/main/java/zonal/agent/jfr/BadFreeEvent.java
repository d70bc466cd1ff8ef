package zonal.agent.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.MemoryAddress;
import jdk.jfr.Name;
import jdk.jfr.events.StackFilter;
import jdk.jfr.internal.RemoveFields;

/** A bad free or realloc. Its thread and stack are those of the call. */
@Name("zonal.BadFree")
@Label("Bad Free")
@Description("A free or realloc of an address where no live off-heap block starts")
@Category("Zonal")
@RemoveFields("duration")
@StackFilter({
    "zonal.agent.jfr.EventObserver",
    "zonal.agent.hook.UnsafeHook",
    "zonal.allocator.Allocator",
    "zonal.allocator.BadCalls",
    "zonal.allocator.Free",
    "zonal.allocator.Realloc",
    "zonal.allocator.RunHeap",
    "zonal.allocator.StrictMappings",
    "jdk.internal.misc.Unsafe",
    "sun.misc.Unsafe"
})
final class BadFreeEvent extends Event {
    @Label("Call")
    @Description("free or realloc")
    String call = "";

    @Label("Address")
    @MemoryAddress
    long address;

    @Label("Reason")
    String reason = "";
}
