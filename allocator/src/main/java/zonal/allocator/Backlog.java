package zonal.allocator;

import jdk.internal.vm.annotation.ReservedStackAccess;

/**
 * Blocks that were to go back to a heap while another thread had its lock for longer than a batch takes, be it that the scheduler has stopped
 * that thread: so nobody who frees waits for it. Whoever flushes next gives a few of them back, and the housekeeper all.
 *
 * <p>Thread-safe. A lock guards it that is held while addresses are copied, and while a few blocks are given back to heaps that nobody has locked.
 * Who finds the backlog full waits for the heap after all.
 */
final class Backlog {

    private static final int CAPACITY = 1 << 15;

    private static final int FEW = 64;

    /** Bytes of metadata; they are made accessible at the first use. */
    static final long BYTES = (long) CAPACITY << 3;

    private static final SpinLock LOCK = new SpinLock();
    private static final int[] COUNT_OF_CLASS = new int[SizeClasses.COUNT];
    private static boolean accessible;
    private static int count;

    private Backlog() {}

    /** Leaves cached blocks of a class here, whose addresses are at {@code slots}; false, and leaves none, where they don't fit. */
    @ReservedStackAccess
    static boolean put(int sizeClass, long slots, int blocks) {
        LOCK.lock();
        try {
            if (count + blocks > CAPACITY || !makeAccessible()) {
                return false;
            }
            Memory.copy(slots, slot(count), (long) blocks << 3);
            COUNT_OF_CLASS[sizeClass] += blocks;
            count += blocks;
            return true;
        } finally {
            LOCK.unlock();
        }
    }

    private static boolean makeAccessible() {
        accessible = accessible || SystemCalls.commit(Range.BACKLOG, BYTES) == 0;
        return accessible;
    }

    /** Gives the blocks back whose heaps nobody has locked. */
    static void drain() {
        for (int at = 0; at < count; ) {
            at = drainFew(at);
        }
    }

    /** As {@link #drain}, of the last few blocks: for whoever comes by, so that few are here unless a thread is stopped for long. */
    static void drainFew() {
        if (count > 0) {
            drainFew(Math.max(0, count - FEW));
        }
    }

    /** Looks at a few blocks, from that at {@code at} on; answers where the next ones are. The last one takes the place of one that went back. */
    @ReservedStackAccess
    private static int drainFew(int at) {
        if (!LOCK.tryLock()) {
            return at + FEW; // another thread is here
        }
        try {
            for (int i = 0; i < FEW && at < count; i++) {
                int sizeClass = BlockMap.sizeClass(block(at));
                if (PageHeap.tryFlush(sizeClass, slot(at))) {
                    COUNT_OF_CLASS[sizeClass]--;
                    count--;
                    Memory.putLong(slot(at), block(count));
                } else {
                    at++;
                }
            }
            return at;
        } finally {
            LOCK.unlock();
        }
    }

    private static long slot(int index) {
        return Range.BACKLOG + ((long) index << 3);
    }

    // ---- for readers

    /** Blocks that lie here. */
    static int count() {
        return count;
    }

    /** Blocks of a class that lie here. */
    static int count(int sizeClass) {
        return COUNT_OF_CLASS[sizeClass];
    }

    /** The block at {@code index}, below {@link #count()}. */
    static long block(int index) {
        return Memory.getLong(slot(index));
    }

    static long accessibleBytes() {
        return accessible ? BYTES : 0;
    }
}
