package zonal.allocator;

/**
 * Which OS pages of a stretch of addresses are in memory, as the system says.
 *
 * <p>The system is asked for a window of {@value #WINDOW} OS pages at a time, so that whoever asks for ascending addresses makes few
 * system calls. All instances share the memory that the system answers in: one thread at a time, see {@link ResidentMemory}.
 */
final class Residency {

    /** Most OS pages that one system call is about; it answers a byte for each. */
    private static final int WINDOW = 1 << 16;

    /** Bytes of metadata reserved for the system's answer. */
    static final long ANSWER_BYTES = WINDOW;

    private final long end;
    private long windowStart;
    private long windowEnd;

    /** A stretch that ends at {@code end}, an OS page's first address. */
    Residency(long end) {
        this.end = end;
    }

    /** Bytes in memory of {@code bytes} at {@code address}, whole OS pages before the end. Those that the system doesn't tell of count. */
    long bytes(long address, long bytes) {
        long osPages = 0;
        long to = Math.min(end, address + bytes);
        for (long at = address; at < to; ) {
            if (at < windowStart || at >= windowEnd) {
                ask(at);
            }
            long here = Math.min(to, windowEnd) - at;
            osPages += ResidentPages.count(
                    Range.RESIDENCY + ((at - windowStart) >>> SystemCalls.OS_PAGE_SHIFT),
                    here >>> SystemCalls.OS_PAGE_SHIFT);
            at += here;
        }
        return osPages << SystemCalls.OS_PAGE_SHIFT;
    }

    private void ask(long start) {
        long bytes = Math.min(end - start, (long) WINDOW << SystemCalls.OS_PAGE_SHIFT);
        if (SystemCalls.inMemory(start, bytes, Range.RESIDENCY) != 0) {
            for (long i = 0; i < bytes >>> SystemCalls.OS_PAGE_SHIFT; i++) {
                Memory.putByte(Range.RESIDENCY + i, (byte) 1);
            }
        }
        windowStart = start;
        windowEnd = start + bytes;
    }
}
