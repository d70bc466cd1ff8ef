package zonal.allocator;

/**
 * How many OS pages of a run are in memory, asked on the way of a free: no Java object, and no waiting for others who ask.
 *
 * <p>Thread-safe. What the system answers is guarded by a lock that is held during a system call, so nobody waits for it.
 */
final class ResidentPages {

    /** Most OS pages that one system call is about; it answers a byte for each. */
    private static final int WINDOW = 1 << 14;

    /** Bytes of metadata for the system's answer. */
    static final long ANSWER_BYTES = WINDOW;

    /** The bit of each byte that says "in memory", in eight bytes at once. */
    private static final long IN_MEMORY = 0x0101_0101_0101_0101L;

    private static final SpinLock LOCK = new SpinLock();
    private static final boolean READY = SystemCalls.commit(Range.RESIDENT_PAGES, ANSWER_BYTES) == 0;

    private ResidentPages() {}

    /** Accessible bytes for the system's answer. */
    static long answerBytes() {
        return READY ? ANSWER_BYTES : 0;
    }

    /** OS pages in memory of {@code pages} at {@code address}; all where the system doesn't tell, or another thread is asking. */
    static long of(long address, long pages) {
        if (!READY || !LOCK.tryLock()) {
            return pages;
        }
        try {
            long resident = 0;
            for (long done = 0; done < pages; done += WINDOW) {
                long window = Math.min(WINDOW, pages - done);
                long told = SystemCalls.inMemory(
                        address + (done << SystemCalls.OS_PAGE_SHIFT),
                        window << SystemCalls.OS_PAGE_SHIFT,
                        Range.RESIDENT_PAGES);
                resident += told == 0 ? count(Range.RESIDENT_PAGES, window) : window;
            }
            return resident;
        } finally {
            LOCK.unlock();
        }
    }

    /** How many of {@code count} bytes of an answer, from {@code first} on, say "in memory". */
    static long count(long first, long count) {
        long in = 0;
        long i = first;
        long to = i + count;
        for (; i < to && (i & 7) != 0; i++) {
            in += Memory.getByte(i) & 1;
        }
        for (; i + 8 <= to; i += 8) {
            in += Long.bitCount(Memory.getLong(i) & IN_MEMORY);
        }
        for (; i < to; i++) {
            in += Memory.getByte(i) & 1;
        }
        return in;
    }
}
