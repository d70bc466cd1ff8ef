package zonal.allocator;

/**
 * Live runs for which huge pages were asked for, with the option {@code huge-pages=advise}.
 *
 * <p>Thread-safe, by the lock of {@link RunHeap}.
 */
final class HugeRuns {

    static final boolean ADVISE = Options.current().hugePages() == HugePages.ADVISE;

    private static final long HUGE_PAGE = 2L << 20;

    /** Each run with huge pages is two mappings more; beyond this many, no more are asked for. */
    private static final int MOST = 1_000;

    private final SpinLock lock;

    private int count;

    /** @param lock guards the count */
    HugeRuns(SpinLock lock) {
        this.lock = lock;
    }

    /** Asks for huge pages for the whole ones in a block that the caller has just taken, or made longer. The caller does not hold the lock. */
    void ask(long block, long bytes) {
        if (!ADVISE || bytes < HUGE_PAGE) {
            return;
        }
        int run = RunHeap.index(block);
        lock.lock();
        try {
            if ((Run.flags(run) & Run.HUGE) == 0) {
                if (count >= MOST || !Run.setFlag(run, Run.HUGE, true)) {
                    return;
                }
                count++;
            }
        } finally {
            lock.unlock();
        }
        long first = (block + HUGE_PAGE - 1) & -HUGE_PAGE;
        long end = (block + ((long) Run.length(run) << SystemCalls.OS_PAGE_SHIFT)) & -HUGE_PAGE;
        if (first < end) {
            SystemCalls.hugePages(first, end - first);
        }
    }

    /** Notes that a run with these flags is no longer live. The caller holds the lock. */
    void noteFreed(int flags) {
        count -= (flags & Run.HUGE) != 0 ? 1 : 0;
    }
}
