package zonal.allocator;

/**
 * How many OS pages of a run are in memory, asked on the way of a free: no Java object, and no waiting for others who ask.
 *
 * <p>Thread-safe. What the system answers is guarded by a lock that is held during a system call, so nobody waits for it.
 */
final class ResidentPages {

    /** OS pages that one stretch speaks for, where they aren't so many that {@value #MOST_ASKED} speak for all. */
    private static final int APART = (16 << 20) >> SystemCalls.OS_PAGE_SHIFT;

    /** A stretch costs a system call, 0.6 us. */
    private static final int MOST_ASKED = 4;

    /** OS pages of a stretch. */
    private static final int STRETCH = 32;

    /** Bytes of metadata for the system's answer: a byte for each OS page. */
    static final long ANSWER_BYTES = STRETCH;

    private static final SpinLock LOCK = new SpinLock();
    private static final boolean READY = SystemCalls.commit(Range.RESIDENT_PAGES, ANSWER_BYTES) == 0;

    /** Where the last stretch lay; guarded by the lock. */
    private static long random;

    private ResidentPages() {}

    /** Accessible bytes for the system's answer. */
    static long answerBytes() {
        return READY ? ANSWER_BYTES : 0;
    }

    /**
     * How many of {@code pages} OS pages at {@code address} are in memory; of more than {@value #STRETCH} an estimate without bias: the
     * pages are parted into stretches, and a few of these are asked about, evenly spread and at random. All where the system doesn't tell, or another thread is
     * asking.
     */
    static int estimate(long address, int pages) {
        if (!READY || !LOCK.tryLock()) {
            return pages;
        }
        try {
            int asked = Math.clamp(pages / APART, 1, MOST_ASKED);
            long resident = 0;
            for (int i = 0; i < asked; i++) {
                int from = (int) ((long) pages * i / asked);
                int to = (int) ((long) pages * (i + 1) / asked);
                int stretches = (to - from + STRETCH - 1) / STRETCH;
                random = random * 0x5851f42d4c957f2dL + 0x14057b7ef767814fL; // Knuth's MMIX
                int first = from + (int) ((random >>> 33) % stretches) * STRETCH;
                resident += stretches
                        * inMemory(
                                address + ((long) first << SystemCalls.OS_PAGE_SHIFT), Math.min(STRETCH, to - first));
            }
            return (int) Math.min(resident, pages);
        } finally {
            LOCK.unlock();
        }
    }

    private static long inMemory(long address, int pages) {
        long told = SystemCalls.inMemory(address, (long) pages << SystemCalls.OS_PAGE_SHIFT, Range.RESIDENT_PAGES);
        return told == 0 ? count(Range.RESIDENT_PAGES, pages) : pages;
    }

    /**
     * How many of {@code count} bytes of an answer, from {@code first} on, say "in memory". One loop, over single bytes: three of them, for
     * eight bytes at once, made C2 of JDK 26 and 27 crash where memory is read through FFM ({@code TemplateAssertionExpression::clone}).
     */
    static long count(long first, long count) {
        long in = 0;
        for (int i = 0; i < count; i++) {
            in += Memory.getByte(first + i) & 1;
        }
        return in;
    }
}
