package zonal.allocator;

/**
 * How many OS pages of a run are in memory, asked on the way of a free: no Java object, and no waiting for others who ask.
 *
 * <p>Thread-safe. What the system answers is guarded by a lock that is held during a system call, so nobody waits for it.
 */
final class ResidentPages {

    private static final int STRETCHES = 4;

    /** OS pages of a stretch. */
    private static final int STRETCH = 32;

    /** Bytes of metadata for the system's answer: a byte for each OS page. */
    static final long ANSWER_BYTES = (long) STRETCHES * STRETCH;

    /** The bit of each byte that says "in memory", in eight bytes at once. */
    private static final long IN_MEMORY = 0x0101_0101_0101_0101L;

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
     * How many sixteenths, 1 to {@link Run#WHOLE}, of {@code pages} OS pages at {@code address} are in memory, rounded up; of many pages an
     * estimate, from a few stretches at random. All where the system doesn't tell, or another thread is asking.
     */
    static int sixteenths(long address, int pages) {
        if (!READY || !LOCK.tryLock()) {
            return Run.WHOLE;
        }
        try {
            if (pages <= STRETCHES * STRETCH) {
                return part(inMemory(address, pages), pages);
            }
            int apart = pages / STRETCHES;
            long resident = 0;
            for (int i = 0; i < STRETCHES; i++) {
                random = random * 0x5851f42d4c957f2dL + 0x14057b7ef767814fL; // Knuth's MMIX
                int first = i * apart + (int) ((random >>> 33) % (apart - STRETCH + 1));
                resident += inMemory(address + ((long) first << SystemCalls.OS_PAGE_SHIFT), STRETCH);
            }
            return part(resident, STRETCHES * STRETCH);
        } finally {
            LOCK.unlock();
        }
    }

    private static int part(long resident, long pages) {
        return (int) Math.max(1, (resident * Run.WHOLE + pages - 1) / pages);
    }

    private static long inMemory(long address, int pages) {
        long told = SystemCalls.inMemory(address, (long) pages << SystemCalls.OS_PAGE_SHIFT, Range.RESIDENT_PAGES);
        return told == 0 ? count(Range.RESIDENT_PAGES, pages) : pages;
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
