package zonal.allocator;

import jdk.internal.vm.annotation.DontInline;
import jdk.internal.vm.annotation.ForceInline;

/**
 * A bounded stack of free blocks of one size class, in a thread's cache.
 *
 * <pre>
 *   what every call reads and writes:
 *    0  takes  long  [slack of all blocks ever taken][takes : 24]
 *    8  puts   long  [slack of all blocks ever put  ][puts + what refills and flushes moved : 24]
 *
 *   what is left:
 *    0  end    int   offset of the highest slot that the stack may use; 0 before its first use
 *    4  limit  int   offset of the highest slot of all. It grows while the thread needs it
 *    8  base   long  takes that the lower half of {@code takes} no longer tells
 * </pre>
 *
 * <p>There is no count, which each take and each put would read and write, one waiting for the other: a take writes {@code takes} only,
 * a put {@code puts}. Both count in bytes of slots, 8 for each block. The offset of the topmost slot, from the cache's address, is the
 * lower 24 bits of {@code puts - takes}; at the bottom of each stack lies a zero. And the difference of the upper halves is the slack
 * (usable minus requested bytes) of all live blocks, exact over all caches: a block may come back through another one than it was taken from.
 *
 * <p><b>Remote blocks.</b> A block that is freed here, but whose page is shared and at home in another stripe, is not served from here: it lies at the
 * end, in the slots from {@code end} to {@code limit}, until a batch of them is sent to its stripe's depot. Else the threads of two
 * stripes would get blocks of one another's pages, ever more of them as time goes by, and write to the same cache lines of the block
 * map: <i>measured</i>, two threads that had exchanged their blocks once took 27 ns an operation from then on, and 14 if they go home.
 *
 * <p><b>Sampling.</b> The lower half of {@code takes} is set such that its highest bit turns on with the take that is due to be sampled; both
 * words are moved by as much, so that nothing else changes. So the countdown costs no instruction but the test of that bit.
 *
 * <p><b>Two threads.</b> Only the owner of the cache writes here. Readers of statistics see each word whole, as aligned 8 bytes are; {@code base}
 * says {@link #CHANGING} while both words are moved. Between two words of a magazine that is in use they may miss calls.
 */
final class Magazine {

    /** Bytes of a slot. */
    static final int SLOT = 8;

    private static final int TAKES = ThreadCache.MAGAZINES;
    private static final int PUTS = ThreadCache.MAGAZINES + 8;
    private static final int END = ThreadCache.MAGAZINES_REST;
    private static final int LIMIT = ThreadCache.MAGAZINES_REST + 4;
    private static final int BASE = ThreadCache.MAGAZINES_REST + 8;

    private static final int SLACK_SHIFT = 24;
    private static final int LOW = (1 << SLACK_SHIFT) - 1;

    // The slack that a first entry tells, where the words have it.
    private static final long FINE_SLACK = (long) BlockMap.FINE_SLACK << SLACK_SHIFT;
    private static final long COARSE_SLACK = (long) BlockMap.COARSE_SLACK << SLACK_SHIFT;

    /** The bit of {@code takes} that says that this take is to be sampled. */
    private static final int DUE = 1 << (SLACK_SHIFT - 1);

    // The three lowest bits of both words, which no slot's offset has, are the same, so that they vanish in the
    // difference.

    /** Set where the interval is longer than the bits can count: with {@link #DUE}, no sample, but the next interval, is due. */
    private static final int MERELY_COUNTED = 1;

    /** The interval's step ({@link Sampler#step}). */
    private static final int STEP_SHIFT = 1;

    private static final long MOST_COUNTED = DUE / SLOT - 2;

    private static final long CHANGING = Long.MIN_VALUE;

    private static final int MOST_ATTEMPTS = 1000;

    private static final int FIRST_LIMIT = 4;
    private static final int HIGHEST_CAPACITY = 1024;
    private static final int LOWEST_CAPACITY = 8;
    private static final int FINE_BYTES = 32 << 10;
    private static final int COARSE_BYTES = 64 << 10;

    /** Whether a block is zeroed as it is put back: after its life has ended, so that it is nobody else's, and before it can be taken. */
    private static final boolean ZERO = Options.current().zeroOnFree();

    private Magazine() {}

    /** Most blocks that a magazine of this class can hold; 0 for a class that is not in use. */
    static int capacity(int sizeClass) {
        int size = SizeClasses.size(sizeClass);
        if (size == 0) {
            return 0;
        }
        return SizeClasses.isFine(sizeClass)
                ? Math.min(HIGHEST_CAPACITY, FINE_BYTES / size)
                : Math.max(LOWEST_CAPACITY, COARSE_BYTES / size);
    }

    /** What a magazine's fields are found from. Of a fine class: the cache's address, plus the class's size. */
    @ForceInline
    private static long magazine(long cache, long sizeClass) {
        return cache + (sizeClass << ThreadCache.MAGAZINE_SHIFT);
    }

    /** The offset of the topmost slot. Its lower bits are zero; that they are masked out too saves an instruction (no 2^n - 1: no BZHI). */
    @ForceInline
    private static long offset(long puts, long takes) {
        return (puts - takes) & (LOW & -SLOT);
    }

    // ---- take

    /** Takes a block of the fine class for {@code bytes}, 1 to 1,024; 0 if the magazine is empty, or the sample is due. */
    @ForceInline
    static long takeFine(long cache, long bytes) {
        long size = SizeClasses.fineSize(bytes);
        long magazine = cache + size;
        long takes = Memory.getLong(magazine + TAKES);
        long block = Memory.getLong(cache + offset(Memory.getLong(magazine + PUTS), takes));
        long slack = size - bytes;
        long after = takes + SLOT + (slack << SLACK_SHIFT);
        if (block == 0 || (after & DUE) != 0) {
            return 0;
        }
        // The map first: a stack overflow between the two leaves the block where it is, to be taken by the next call.
        BlockMap.setFineLive(BlockMap.fineEntry(BlockMap.fineGranule(block)), (int) slack);
        Memory.putLong(magazine + TAKES, after);
        return block;
    }

    /** As {@link #takeFine}, of a coarse class, for {@code bytes} up to {@link SizeClasses#MAX}. */
    static long takeCoarse(long cache, int bytes) {
        int sizeClass = SizeClasses.coarse(bytes);
        long magazine = magazine(cache, sizeClass);
        long takes = Memory.getLong(magazine + TAKES);
        long block = Memory.getLong(cache + offset(Memory.getLong(magazine + PUTS), takes));
        int slack = SizeClasses.size(sizeClass) - bytes;
        long after = takes + SLOT + ((long) slack << SLACK_SHIFT);
        if (block == 0 || (after & DUE) != 0) {
            return 0;
        }
        BlockMap.setCoarseLive(BlockMap.coarseEntry(BlockMap.coarseGranule(block)), slack);
        Memory.putLong(magazine + TAKES, after);
        return block;
    }

    /**
     * The step of the interval that ends with the next take, which is then due to be sampled; -1 if it isn't. If it was, it no longer
     * is: the next interval has begun.
     */
    static int takeDue(long cache, int sizeClass) {
        long magazine = magazine(cache, sizeClass);
        long takes = Memory.getLong(magazine + TAKES);
        if (((takes + SLOT) & DUE) == 0) {
            return -1;
        }
        startInterval(magazine, sizeClass, 1);
        return (takes & MERELY_COUNTED) == 0 ? (int) (takes >>> STEP_SHIFT) & Sampler.COARSEST : -1;
    }

    /** Moves both words such that {@link #DUE} turns on with the take that ends a new interval, which begins after {@code passed} takes. */
    private static void startInterval(long magazine, int sizeClass, int passed) {
        int step = Sampler.step();
        long interval = (Sampler.nextInterval(step) - 1) / SizeClasses.size(sizeClass) + 1;
        long counted = Math.min(interval, MOST_COUNTED);
        long takes = Memory.getLong(magazine + TAKES);
        long low = DUE - (passed + counted) * SLOT + (interval > counted ? MERELY_COUNTED : 0) + (step << STEP_SHIFT);
        long move = low - (takes & LOW);
        long base = Memory.getLong(magazine + BASE);
        Memory.putLong(magazine + BASE, CHANGING);
        Memory.putLongRelease(magazine + TAKES, takes + move);
        Memory.putLongRelease(magazine + PUTS, Memory.getLong(magazine + PUTS) + move);
        Memory.putLongRelease(magazine + BASE, base - (low >> 3) + ((takes & LOW) >> 3));
    }

    // ---- put

    /**
     * Puts the block back that starts at this granule of the fine area. False, and nothing is done, if there is no live block, or it is
     * sampled, the magazine is full, the page is biased to another cache, or another thread frees the block at the same moment and was
     * first.
     */
    @ForceInline
    static boolean putFine(long cache, long block, long granule) {
        long entry = BlockMap.fineEntry(granule);
        Bias.enter(cache, block);
        int first = BlockMap.fine(entry);
        long magazine = magazine(cache, BlockMap.fineClass(entry));
        long puts = Memory.getLong(magazine + PUTS);
        long offset = offset(puts, Memory.getLong(magazine + TAKES));
        if (!BlockMap.isPlainFine(first) || (int) offset >= Memory.getInt(magazine + END)) {
            Bias.leave(cache);
            return false;
        }
        int bias = Bias.of(Bias.fineEntry(granule));
        boolean home = true;
        if (Bias.isMine(cache, bias)) {
            BlockMap.setFineCached(entry);
        } else if (Bias.isShared(bias) && BlockMap.endFine(entry, first)) {
            home = Bias.isHome(cache, bias);
        } else {
            Bias.leave(cache);
            return false;
        }
        Bias.leave(cache);
        if (ZERO) {
            Memory.zero(block, SizeClasses.size((int) BlockMap.fineClass(entry)));
        }
        push(cache, magazine, block, home, puts + (((long) first << SLACK_SHIFT) & FINE_SLACK), offset);
        return true;
    }

    /** As {@link #putFine}, of the block that starts at this granule of the coarse area. */
    @ForceInline
    static boolean putCoarse(long cache, long block, long granule) {
        long entry = BlockMap.coarseEntry(granule);
        Bias.enter(cache, block);
        int first = BlockMap.coarse(entry);
        long magazine = magazine(cache, BlockMap.coarseClass(entry));
        long puts = Memory.getLong(magazine + PUTS);
        long offset = offset(puts, Memory.getLong(magazine + TAKES));
        if (!BlockMap.isPlainCoarse(first) || (int) offset >= Memory.getInt(magazine + END)) {
            Bias.leave(cache);
            return false;
        }
        int bias = Bias.of(Bias.coarseEntry(granule));
        boolean home = true;
        if (Bias.isMine(cache, bias)) {
            BlockMap.setCoarseCached(entry);
        } else if (Bias.isShared(bias) && BlockMap.endCoarse(entry, first)) {
            home = Bias.isHome(cache, bias);
        } else {
            Bias.leave(cache);
            return false;
        }
        Bias.leave(cache);
        if (ZERO) {
            Memory.zero(block, SizeClasses.size((int) BlockMap.coarseClass(entry)));
        }
        push(cache, magazine, block, home, puts + (((long) first << SLACK_SHIFT) & COARSE_SLACK), offset);
        return true;
    }

    /** Puts a block on the stack, or with the remote blocks at its end; {@code puts} has its slack already. */
    @ForceInline
    private static void push(long cache, long magazine, long block, boolean home, long puts, long offset) {
        if (home) {
            Memory.putLong(cache + offset + SLOT, block);
            Memory.putLong(magazine + PUTS, puts + SLOT);
        } else {
            int end = Memory.getInt(magazine + END);
            Memory.putLong(cache + end, block);
            Memory.putInt(magazine + END, end - SLOT);
            Memory.putLong(magazine + PUTS, puts);
        }
    }

    /** Notes that a live block's slack has changed in place. */
    static void noteSlack(long cache, int sizeClass, int more) {
        long magazine = magazine(cache, sizeClass);
        Memory.putLong(magazine + PUTS, Memory.getLong(magazine + PUTS) - ((long) more << SLACK_SHIFT));
    }

    // ---- refill and flush

    /** Gets a batch of blocks from the depot or the heap, if the magazine is empty. False when there is no memory. */
    @DontInline
    static boolean refill(long cache, int sizeClass) {
        if (count(cache, sizeClass) > 0) {
            return true; // it was not for want of blocks that there was none
        }
        if (remoteCount(cache, sizeClass) > limit(cache, sizeClass) >> 1) {
            sendHome(cache, sizeClass);
        }
        int limit = raiseLimit(cache, sizeClass);
        long slots = slots(cache, sizeClass);
        int want = (limit + 1) >> 1;
        int got = Depot.take(CacheTable.stripe(cache), sizeClass, slots, want);
        if (got == 0) {
            got = PageHeap.refill(cache, sizeClass, slots, want);
        }
        move(magazine(cache, sizeClass), got);
        return got > 0;
    }

    /** Makes room for as many blocks as half the limit: sends remote ones home, raises the limit, or gives the older half of the others away. */
    @DontInline
    static void makeRoom(long cache, int sizeClass) {
        sendHome(cache, sizeClass);
        int limit = raiseLimit(cache, sizeClass);
        int count = count(cache, sizeClass);
        if (count <= limit >> 1) {
            return;
        }
        int half = (count + 1) >> 1;
        give(CacheTable.stripe(cache), sizeClass, slots(cache, sizeClass), half);
        dropOldest(cache, sizeClass, half);
    }

    /** Gives blocks to a depot of their stripe, and what doesn't fit there to the heaps. */
    private static void give(int stripe, int sizeClass, long slots, int count) {
        int put = Depot.put(stripe, sizeClass, slots, count);
        if (put < count) {
            flush(sizeClass, slots + (long) put * SLOT, count - put, Housekeeper.now());
        }
    }

    /** Sends all remote blocks to their stripes. */
    private static void sendHome(long cache, int sizeClass) {
        long slots = remoteSlots(cache, sizeClass);
        int count = remoteCount(cache, sizeClass);
        while (count > 0) {
            int stripe = Bias.home(Memory.getLong(slots));
            int same = gather(stripe, slots, count);
            give(stripe, sizeClass, slots, same);
            slots += (long) same * SLOT;
            count -= same;
            Memory.putInt(magazine(cache, sizeClass) + END, (int) (slots - SLOT - cache));
        }
    }

    /** Moves those of the blocks that are at home in a stripe, as the first one is, to the front; answers how many they are. */
    private static int gather(int stripe, long slots, int count) {
        int same = 1;
        for (int i = 1; i < count; i++) {
            long at = slots + (long) i * SLOT;
            long block = Memory.getLong(at);
            if (Bias.home(block) == stripe) {
                long to = slots + (long) same++ * SLOT;
                Memory.putLong(at, Memory.getLong(to));
                Memory.putLong(to, block);
            }
        }
        return same;
    }

    private static void flush(int sizeClass, long slots, int count, long freed) {
        PageHeap.flush(sizeClass, slots, count, freed);
        if (Housekeeper.AT_ONCE) {
            (SizeClasses.isFine(sizeClass) ? PageArea.FINE : PageArea.COARSE).purgeFree();
        }
    }

    private static void dropOldest(long cache, int sizeClass, int count) {
        long slots = slots(cache, sizeClass);
        int left = count(cache, sizeClass) - count;
        Memory.copy(slots + (long) count * SLOT, slots, (long) left * SLOT);
        move(magazine(cache, sizeClass), -count);
    }

    private static void move(long magazine, int blocks) {
        Memory.putLong(magazine + PUTS, Memory.getLong(magazine + PUTS) + (long) blocks * SLOT);
    }

    /** Gives all blocks, which were freed by the tick {@code freed}, back to the heaps, and the limit back to the cache. */
    static void drain(long cache, int sizeClass, long freed) {
        int remote = remoteCount(cache, sizeClass);
        if (remote > 0) {
            flush(sizeClass, remoteSlots(cache, sizeClass), remote, freed);
            Memory.putInt(magazine(cache, sizeClass) + END, Memory.getInt(magazine(cache, sizeClass) + LIMIT));
        }
        int count = count(cache, sizeClass);
        if (count > 0) {
            flush(sizeClass, slots(cache, sizeClass), count, freed);
            dropOldest(cache, sizeClass, count);
        }
        grant(cache, -(long) limit(cache, sizeClass) * SizeClasses.size(sizeClass));
        setEndAndLimit(magazine(cache, sizeClass), 0);
    }

    /** Doubles the limit as far as the capacity and the cache's bytes allow. Answers the limit, at least 1. */
    private static int raiseLimit(long cache, int sizeClass) {
        long magazine = magazine(cache, sizeClass);
        int limit = limit(cache, sizeClass);
        if (remoteCount(cache, sizeClass) > 0) {
            return limit; // they lie at its end
        }
        int size = SizeClasses.size(sizeClass);
        int higher = Math.min(capacity(sizeClass), limit == 0 ? FIRST_LIMIT : limit << 1);
        long room = ThreadCache.mostGranted() - Memory.getLong(cache + ThreadCache.GRANTED);
        if ((long) (higher - limit) * size > room) {
            if (limit > 0) {
                return limit;
            }
            higher = 1;
        }
        if (offset(Memory.getLong(magazine + PUTS), Memory.getLong(magazine + TAKES)) == 0) { // its first use
            Memory.putLong(magazine + PUTS, Memory.getLong(magazine + PUTS) + ThreadCache.bottom(sizeClass));
            startInterval(magazine, sizeClass, 0);
        }
        grant(cache, (long) (higher - limit) * size);
        setEndAndLimit(magazine, ThreadCache.bottom(sizeClass) + higher * SLOT);
        return higher;
    }

    /** Both in one write, for readers of statistics. (The processors that there are system calls for are all little-endian.) */
    private static void setEndAndLimit(long magazine, int offset) {
        Memory.putLong(magazine + END, (long) offset << Integer.SIZE | offset);
    }

    private static void grant(long cache, long bytes) {
        Memory.putLong(cache + ThreadCache.GRANTED, Memory.getLong(cache + ThreadCache.GRANTED) + bytes);
    }

    // ---- for readers

    /** Most blocks that the magazine may hold at present. */
    static int limit(long cache, int sizeClass) {
        int end = Memory.getInt(magazine(cache, sizeClass) + LIMIT);
        return end == 0 ? 0 : (end - ThreadCache.bottom(sizeClass)) / SLOT;
    }

    /** A number that each use of the magazine changes, as well as can be told from outside. */
    static long digest(long cache, int sizeClass) {
        long magazine = magazine(cache, sizeClass);
        long digest = Memory.getLong(magazine + TAKES) * 31 + Memory.getLong(magazine + PUTS);
        return digest * 31 + Memory.getLong(magazine + END); // which alone tells of a remote block without slack
    }

    /** The address of the lowest slot. */
    static long slots(long cache, int sizeClass) {
        return cache + ThreadCache.bottom(sizeClass) + SLOT;
    }

    /** Remote blocks, which are to be sent home. */
    static int remoteCount(long cache, int sizeClass) {
        long both = Memory.getLong(magazine(cache, sizeClass) + END);
        return ((int) (both >>> Integer.SIZE) - (int) both) / SLOT;
    }

    /** The address of the lowest slot of remote blocks. */
    static long remoteSlots(long cache, int sizeClass) {
        return cache + Memory.getInt(magazine(cache, sizeClass) + END) + SLOT;
    }

    /**
     * Blocks in the magazine that it serves from. A reader that was stopped between the two words misses so many calls that their difference
     * may be any number: it is believed as far as it can be.
     */
    static int count(long cache, int sizeClass) {
        int offset = (int) offset(difference(magazine(cache, sizeClass)), 0);
        if (offset == 0) {
            return 0;
        }
        int signShift = Integer.SIZE - SLACK_SHIFT; // it may be below the bottom, and has no more bits than these
        int bytes = (offset - ThreadCache.bottom(sizeClass)) << signShift >> signShift;
        return Math.clamp(bytes / SLOT, 0, capacity(sizeClass));
    }

    /**
     * Slack of all blocks taken from here less that of all put back, in 40 bits: it may be negative, and wraps. What the sum over all caches comes
     * to is {@link #wholeSlack}.
     */
    static long slack(long cache, int sizeClass) {
        return -(difference(magazine(cache, sizeClass)) >> SLACK_SHIFT);
    }

    /** The slack of all live blocks of a class, from the sum over all caches: in its lower 40 bits that is right, whichever cache wrapped. */
    static long wholeSlack(long sum) {
        return sum << SLACK_SHIFT >> SLACK_SHIFT;
    }

    private static long difference(long magazine) {
        for (int attempt = 0; ; attempt++) {
            long base = Memory.getLongAcquire(magazine + BASE);
            long puts = Memory.getLongAcquire(magazine + PUTS);
            long takes = Memory.getLongAcquire(magazine + TAKES);
            if (isStable(magazine, base) || attempt == MOST_ATTEMPTS) {
                return puts - takes;
            }
            Thread.onSpinWait();
        }
    }

    /** Blocks ever taken: the malloc calls of this class that this cache served. 0, and never more than there were, where that can't be told. */
    static long taken(long cache, int sizeClass) {
        long magazine = magazine(cache, sizeClass);
        for (int attempt = 0; ; attempt++) {
            long base = Memory.getLongAcquire(magazine + BASE);
            long takes = Memory.getLongAcquire(magazine + TAKES);
            if (isStable(magazine, base)) {
                return base + ((takes & LOW) >> 3);
            }
            if (attempt == MOST_ATTEMPTS) {
                return 0;
            }
            Thread.onSpinWait();
        }
    }

    /** Whether the words that were read since {@code base} belong together. If not, a reader tries again, but does not wait for a stopped owner forever. */
    private static boolean isStable(long magazine, long base) {
        return base != CHANGING && Memory.getLong(magazine + BASE) == base;
    }
}
