package zonal.allocator;

import jdk.internal.vm.annotation.ReservedStackAccess;

/**
 * How much of the run area is accessible, and how it grows: what is new of it becomes a clean free run.
 *
 * <p>Thread-safe. A lock of its own lets one thread grow it at a time, while others take and free runs; {@link RunHeap}'s guards what it adds.
 */
final class RunArea {

    private final SpinLock growLock = new SpinLock();
    private final SpinLock lock;
    private final FreeRuns free;

    /** OS pages of the area that are accessible, and whose page map is. Only grows; see {@link PageArea#committed()} for racy reads. */
    private int committed;

    /** @param lock guards {@code free} */
    RunArea(SpinLock lock, FreeRuns free) {
        this.lock = lock;
        this.free = free;
    }

    /** OS pages of the area that were ever made accessible. */
    int committed() {
        return committed;
    }

    /** Makes {@code pages} more accessible, or finds that another thread has made some since {@code seen} of them were. False if the system refuses. */
    @ReservedStackAccess
    boolean grow(int pages, int seen) {
        growLock.lock();
        try {
            int before = committed;
            if (before != seen) {
                return true;
            }
            long limit = Range.RUNS_SIZE >>> SystemCalls.OS_PAGE_SHIFT;
            long step = Range.step((long) before << SystemCalls.OS_PAGE_SHIFT) >>> SystemCalls.OS_PAGE_SHIFT;
            int more = (int) Math.min(Math.max(pages, step), limit - before);
            if (more < pages && (more == 0 || more + freeAtEnd() < pages)) {
                return false;
            }
            while (!accessible(before, more)) {
                if (more <= pages) {
                    return false;
                }
                more = pages;
            }
            lock.lock();
            try {
                committed = before + more;
                free.extend(before, more);
            } finally {
                lock.unlock();
            }
            return true;
        } finally {
            growLock.unlock();
        }
    }

    /** OS pages that are free at the end of what is accessible: where the area ends, what is new of it need only be long enough with these. */
    private int freeAtEnd() {
        lock.lock();
        try {
            return free.atEnd();
        } finally {
            lock.unlock();
        }
    }

    private static boolean accessible(int first, int pages) {
        long mapFrom = (long) first * Run.ENTRY_SIZE & -SystemCalls.OS_PAGE_SIZE;
        long mapTo = (long) (first + pages) * Run.ENTRY_SIZE + SystemCalls.OS_PAGE_SIZE - 1 & -SystemCalls.OS_PAGE_SIZE;
        return SystemCalls.commit(Run.address(first), (long) pages << SystemCalls.OS_PAGE_SHIFT) == 0
                && SystemCalls.commit(Range.RUN_MAP + mapFrom, mapTo - mapFrom) == 0;
    }
}
