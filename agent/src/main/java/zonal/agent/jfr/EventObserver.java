package zonal.agent.jfr;

import zonal.allocator.Observer;

/**
 * Commits an event for what the allocator tells, in the thread that it happens in: so the JVM itself adds thread and stack, and tools
 * show them as those of any event.
 *
 * <p>Why that is safe in the middle of an allocation, whatever locks its caller holds: a commit writes to a buffer of the thread's own
 * that the JVM has made, waits for no lock of Java's (the throttle only tries one), and takes no memory through {@code Unsafe}, so it
 * neither comes back here nor waits for another thread's allocation. JFR's own threads take off-heap memory only outside of a commit. The
 * event classes are registered, and thereby initialised, before an observer is set.
 */
final class EventObserver implements Observer {
    @Override
    public void badCall(String call, long address, String reason) {
        BadFreeEvent event = new BadFreeEvent();
        if (event.shouldCommit()) {
            event.call = call;
            event.address = address;
            event.reason = withoutHint(reason);
            event.commit();
        }
    }

    /** What may have led to it stands in parentheses: too long for a column, and the stack is beside it. */
    private static String withoutHint(String reason) {
        int hint = reason.indexOf(" (");
        return hint < 0 ? reason : reason.substring(0, hint);
    }

    @Override
    public void sampled(long block, long bytes, long weight) {
        AllocationSampleEvent event = new AllocationSampleEvent();
        if (event.shouldCommit()) {
            event.address = block;
            event.bytes = bytes;
            event.weight = weight;
            event.commit();
        }
    }
}
