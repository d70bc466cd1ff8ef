package zonal.allocator;

/**
 * The page map's entries: what is known of each run of OS pages in the run area.
 *
 * <p>There is an entry for each OS page; that of a run's first OS page describes the run, that of its last says how long a free run
 * is, so that the run behind it finds it. All others are zero.
 *
 * <pre>
 *    0  word   long  [length in OS pages : 48][flags : 8][kind : 8]
 *    8  value  long  live: requested bytes. dirty: [OS pages that may be in memory : 31][housekeeping tick of its free : 33]
 *   16  next   int   neighbours in the list of its bin
 *   20  previous int
 *   24  newer  int   dirty: neighbours in its list of {@link DirtyRuns}
 *   28  older  int
 * </pre>
 *
 * <p>A live run that was MOVED is in no list, and keeps there of which parts it consists, each a mapping of its own: where the first, second
 * and third end, OS pages from its start, and how many there are. What lies behind the last one was never moved.
 */
final class Run {

    static final int ENTRY_SIZE = 32;

    /** No run. */
    static final int NONE = -1;

    // Kinds. A clean run is known to read as zero and to take no memory; a dirty one was used.
    static final int NOTHING = 0;
    static final int CLEAN = 1;
    static final int DIRTY = 2;
    static final int LIVE = 3;
    /** In no list: free, while a system call works on it; or a block that is being freed, resized or moved, and counts as live until it is. */
    static final int BUSY = 4;

    /** Free, in no list, kept in a thread's cache ({@link RunSlot}). */
    static final int CACHED = 5;

    static final int CLEAN_END = 6;
    static final int DIRTY_END = 7;

    /** Flag: a live run that was clean when it was taken. */
    static final int ZEROED = 1;

    /** Flag: the system moved other OS pages here, so that this run is a mapping of its own until it is mapped anew. */
    static final int MOVED = 2;

    /** Flag: {@link Sampler} wants to know when this live run's block is freed. */
    static final int SAMPLED = 4;

    /** Flag: the system was asked for huge pages for this live run, so that it is a mapping of its own until that is taken back. */
    static final int HUGE = 8;

    /** Flag: the system was asked how much of this dirty run is in memory. */
    static final int ASKED = 16;

    /** Of a dirty run's value. 33 bits of the shortest ticks are 2.7 years; later ones seem old, and the run goes back early. */
    private static final int RESIDENT_SHIFT = 33;

    private static final long FREED = (1L << RESIDENT_SHIFT) - 1;

    private static final int VALUE = 8;
    private static final int NEXT = 16;
    private static final int PREVIOUS = 20;
    private static final int NEWER = 24;
    private static final int OLDER = 28;

    /** Parts that a moved run may have; one that would have more is copied, and whole again. */
    static final int MOST_PARTS = 3;

    private static final int PART_ENDS = NEXT;
    private static final int PARTS = OLDER;

    private Run() {}

    private static long entry(int osPage) {
        return Range.RUN_MAP + (long) osPage * ENTRY_SIZE;
    }

    static long address(int osPage) {
        return Range.RUNS_BASE + ((long) osPage << SystemCalls.OS_PAGE_SHIFT);
    }

    static int kind(int osPage) {
        return kindOf(word(osPage));
    }

    /** Whether an entry of this kind is the first of a run, and its length that of the run. */
    static boolean isStart(int kind) {
        return kind >= CLEAN && kind <= CACHED;
    }

    /** Whether a run of this kind is in the lists of {@link FreeRuns}. */
    static boolean isFree(int kind) {
        return kind == CLEAN || kind == DIRTY;
    }

    static int flags(int osPage) {
        return flagsOf(word(osPage));
    }

    static int length(int osPage) {
        return lengthOf(word(osPage));
    }

    static void set(int osPage, int kind, int flags, int length) {
        Memory.putLong(entry(osPage), word(kind, flags, length));
    }

    // ---- changes of a live run's word, by compare-and-set

    /** The first word of an entry. */
    static long word(int osPage) {
        return Memory.getLong(entry(osPage));
    }

    /** As {@link #word}, read before all that is read next. */
    static long wordAcquire(int osPage) {
        return Memory.getLongAcquire(entry(osPage));
    }

    static int kindOf(long word) {
        return (int) word & 0xff;
    }

    static int flagsOf(long word) {
        return (int) (word >>> 8) & 0xff;
    }

    static int lengthOf(long word) {
        return (int) (word >>> 16);
    }

    /** A run whose word was seen to be {@code word} becomes one of {@code kind}. False if it isn't live, or another thread was first. */
    static boolean endLife(int osPage, long word, int kind) {
        return kindOf(word) == LIVE && Memory.compareAndSetLong(entry(osPage), word, (word & ~0xffL) | kind);
    }

    /** Ends the life of a run's block: LIVE becomes {@code kind}. False if it isn't live, or another thread was first. */
    static boolean endLife(int osPage, int kind) {
        return endLife(osPage, word(osPage), kind);
    }

    /** Turns a flag of a live run on, or off; false if it isn't live, or is so already, or another thread was first. */
    static boolean setFlag(int osPage, int flag, boolean on) {
        long word = word(osPage);
        long bit = (long) flag << 8;
        return kindOf(word) == LIVE
                && ((word & bit) != 0) != on
                && Memory.compareAndSetLong(entry(osPage), word, word ^ bit);
    }

    // ---- the rest of an entry

    /** As {@link #set}, for a run that becomes live while a reader may look: what was written before is visible to whoever reads {@link #wordAcquire}. */
    static void publish(int osPage, int kind, int flags, int length) {
        Memory.putLongRelease(entry(osPage), word(kind, flags, length));
    }

    /** A block's run that its owner has made BUSY is live again, as it was. */
    static void revive(int osPage) {
        publish(osPage, LIVE, flags(osPage), length(osPage));
    }

    private static long word(int kind, int flags, int length) {
        return (long) length << 16 | (long) flags << 8 | kind;
    }

    static void clear(int osPage) {
        Memory.putLong(entry(osPage), 0);
    }

    static long value(int osPage) {
        return Memory.getLong(entry(osPage) + VALUE);
    }

    static void setValue(int osPage, long value) {
        Memory.putLong(entry(osPage) + VALUE, value);
    }

    /** OS pages of a dirty run that may be in memory; an estimate where the system was {@linkplain #ASKED asked}. */
    static int resident(int osPage) {
        return (int) (value(osPage) >>> RESIDENT_SHIFT);
    }

    /** The tick at which a dirty run was freed. */
    static long freed(int osPage) {
        return value(osPage) & FREED;
    }

    static void setDirty(int osPage, int resident, long freed) {
        setValue(osPage, (long) resident << RESIDENT_SHIFT | (freed & FREED));
    }

    static int next(int osPage) {
        return Memory.getInt(entry(osPage) + NEXT);
    }

    static void setNext(int osPage, int other) {
        Memory.putInt(entry(osPage) + NEXT, other);
    }

    static int previous(int osPage) {
        return Memory.getInt(entry(osPage) + PREVIOUS);
    }

    static void setPrevious(int osPage, int other) {
        Memory.putInt(entry(osPage) + PREVIOUS, other);
    }

    static int newer(int osPage) {
        return Memory.getInt(entry(osPage) + NEWER);
    }

    static void setNewer(int osPage, int other) {
        Memory.putInt(entry(osPage) + NEWER, other);
    }

    static int older(int osPage) {
        return Memory.getInt(entry(osPage) + OLDER);
    }

    static void setOlder(int osPage, int other) {
        Memory.putInt(entry(osPage) + OLDER, other);
    }

    /** Parts of a moved run. */
    static int parts(int osPage) {
        return Memory.getInt(entry(osPage) + PARTS);
    }

    static void setParts(int osPage, int count) {
        Memory.putInt(entry(osPage) + PARTS, count);
    }

    /** Where a part of a moved run ends, OS pages from its start. */
    static int partEnd(int osPage, int part) {
        return Memory.getInt(entry(osPage) + PART_ENDS + ((long) part << 2));
    }

    static void setPartEnd(int osPage, int part, int end) {
        Memory.putInt(entry(osPage) + PART_ENDS + ((long) part << 2), end);
    }
}
