package zonal.allocator;

import jdk.internal.vm.annotation.ReservedStackAccess;

/**
 * LARGE blocks of {@code large=strict}: each is exactly one {@code mmap}, its free one {@code munmap}, its realloc one
 * {@code mremap}.
 *
 * <p>They lie outside the range: unmapping a part of it would let another thread's mapping slip in, and what lies in the range must
 * be ours. Which ones are live says an open-addressing hash table of (address, bytes) in the metadata. An address stays in the table
 * when its block is gone, until the table needs the room: so a second free of it is recognised.
 *
 * <pre>
 *   0  address  long  0: never used
 *   8  bytes    long  requested bytes of a live block; 0: the block is gone; negative: the system refused to unmap so many bytes
 * </pre>
 *
 * <p>Thread-safe. One lock guards the table; it is not held during system calls, but for the first one, which makes the table accessible. For the
 * entry that a call concerns nobody else looks: a block that is being unmapped is gone already.
 */
final class StrictMappings {

    static final StrictMappings INSTANCE = new StrictMappings();

    private static final boolean ZERO = Options.current().zeroOnFree();

    private static final int SLOTS_SHIFT = 17;
    private static final int SLOTS = 1 << SLOTS_SHIFT;
    private static final int MOST_USED = SLOTS / 2;
    private static final int ENTRY_SIZE = 16;

    /** What {@link #endLife} answers for an address that was never ours. */
    private static final long FOREIGN = -1;

    /** Live blocks that a reader is shown under one hold of the lock. */
    private static final int BLOCKS_PER_HOLD = 256;

    private static final long SLOTS_BYTES = (long) SLOTS * ENTRY_SIZE;

    /**
     * Behind the slots, the addresses of live blocks, highest first: the system most often maps below all others, so a new one goes to the end. Where
     * an address lies inside a block is asked of this: a search of all slots took 130 us, which was what each free of another allocator's block
     * between two of ours cost, after a {@code detach} all of them.
     */
    private static final long SORTED = Range.STRICT_TABLE + SLOTS_BYTES;

    /** Bytes of metadata reserved for the table. */
    static final long TABLE_BYTES = SLOTS_BYTES + (long) MOST_USED * Long.BYTES;

    /**
     * Most mappings of our own, those that the system refused to unmap among them: half of what it allows the whole process, which needs them for
     * threads and files, too. Beyond that a LARGE block is a run.
     */
    private static final long MOST_MAPPINGS = Math.min(MOST_USED / 2, Range.mostMappings() / 2);

    private final SpinLock lock = new SpinLock();
    private boolean ready;
    private int used;
    private int refused;

    /** The slot of the mapping that the system refused to unmap last. For the housekeeper alone. */
    private int triedLast;

    private long lowest = Long.MAX_VALUE;
    private long highest;
    private long liveBlocks;
    private long liveRequested;
    private long liveMapped;
    private long taken;

    private StrictMappings() {}

    /** Bytes that a block of {@code bytes} takes: whole OS pages. */
    static long mapped(long bytes) {
        return (bytes + SystemCalls.OS_PAGE_SIZE - 1) & -SystemCalls.OS_PAGE_SIZE;
    }

    /** Maps a block of {@code bytes}, {@link Range#LARGEST_BLOCK} at most; 0 when the system refuses or there are as many as may be. */
    @ReservedStackAccess
    long take(long bytes) {
        if (!roomForOne()) {
            return 0;
        }
        long address = SystemCalls.map(mapped(bytes));
        if (address < 0) {
            return 0;
        }
        put(address, bytes, 1);
        return address;
    }

    /** Notes a live block; {@code more} is 1 if it was taken now, 0 if it was there before, here or elsewhere. */
    private void put(long address, long bytes, int more) {
        lock.lock();
        try {
            setBytes(address, bytes);
            lowest = Math.min(lowest, address);
            highest = Math.max(highest, address + mapped(bytes));
            noteLive(address, 1, bytes);
            taken += more;
        } finally {
            lock.unlock();
        }
    }

    /** Whether there may be a mapping at one more address: of a block more, or of one that the system moves. Makes room in the table for it. */
    private boolean roomForOne() {
        lock.lock();
        try {
            if (!ready) {
                ready = SystemCalls.commit(Range.STRICT_TABLE, TABLE_BYTES) == 0;
            }
            if (!ready || liveBlocks + refused >= MOST_MAPPINGS) {
                return false;
            }
            if (used >= MOST_USED) {
                forgetGone();
            }
            // Threads that have asked but not put yet may overshoot by one each: half of the table is left for them.
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Frees the block at {@code address}; false if the address was never ours. */
    @ReservedStackAccess
    boolean give(long address) {
        long bytes = endLife(address);
        if (bytes > 0) {
            Sampler.freed(address); // before the system can give the address to another
            unmap(address, mapped(bytes));
        } else if (bytes == 0) {
            BadCalls.report(BadCalls.FREE, address);
        }
        return bytes != FOREIGN;
    }

    /**
     * Ends the life of the block at {@code address}: who frees or resizes it from now on finds no live block. Answers its bytes, 0 if no live block starts
     * there, or {@link #FOREIGN} if the address was never ours.
     */
    private long endLife(long address) {
        lock.lock();
        try {
            if (address < lowest || address >= highest) {
                return FOREIGN;
            }
            long entry = find(address);
            if (entry == 0) {
                return isInside(address) ? 0 : FOREIGN;
            }
            long bytes = bytes(entry);
            if (bytes <= 0) {
                return 0;
            }
            Memory.putLong(entry + 8, 0);
            noteLive(address, -1, -bytes);
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    /** Unmaps a block that is gone from the table. */
    private void unmap(long address, long mapped) {
        if (SystemCalls.unmap(address, mapped) != 0) {
            refuse(address, mapped);
        }
    }

    /** The system refused to unmap, most often because it would need one mapping more: gives the memory back at least. */
    private void refuse(long address, long mapped) {
        SystemCalls.purge(address, mapped);
        lock.lock();
        try {
            setBytes(address, -mapped); // the table may have forgotten the block meanwhile
            refused++;
        } finally {
            lock.unlock();
        }
    }

    /** Tries again what the system refused to unmap, until it refuses one; the next call begins behind that. */
    void unmapRefused() {
        int first = triedLast + 1;
        for (int i = 0; refused > 0 && i < SLOTS; i++) {
            int slot = (first + i) & (SLOTS - 1);
            long entry = Range.STRICT_TABLE + (long) slot * ENTRY_SIZE;
            long address;
            long mapped;
            lock.lock();
            try {
                address = Memory.getLong(entry);
                mapped = -bytes(entry);
                if (mapped <= 0) {
                    continue;
                }
                Memory.putLong(entry + 8, 0);
                refused--;
            } finally {
                lock.unlock();
            }
            if (SystemCalls.unmap(address, mapped) != 0) {
                refuse(address, mapped);
                triedLast = slot;
                return;
            }
        }
    }

    /** As {@link Realloc#resize}. */
    @ReservedStackAccess
    long resize(long address, long bytes) {
        long old = endLife(address); // which may be another thread's address once the system has moved the block
        if (old == FOREIGN) {
            return 0;
        }
        if (old == 0) {
            BadCalls.report(BadCalls.REALLOC, address);
            return Realloc.BAD;
        }
        Sampler.freed(address); // what comes of it is sampled anew
        long moved = bytes <= Malloc.PAGED_MAX || bytes > Range.LARGEST_BLOCK || !roomForOne()
                ? SystemCalls.REFUSED
                : SystemCalls.remap(address, mapped(old), mapped(bytes));
        if (moved < 0) {
            return copy(address, old, bytes);
        }
        if (ZERO && bytes < old) {
            Memory.zero(moved + bytes, mapped(bytes) - bytes);
        }
        put(moved, bytes, 0);
        Malloc.sampleResized(moved, bytes, bytes);
        return moved;
    }

    /**
     * Copies a block, which is gone from the table, to a new one, and unmaps it: into a page, or where the system refuses to remap, for the limit of
     * mappings or because it can't.
     */
    private long copy(long address, long old, long bytes) {
        long block = Malloc.take(bytes);
        if (block == 0) {
            put(address, old, 0);
            Malloc.sampleResized(address, old, old); // its sample ended before the system was asked
            return Realloc.NO_MEMORY;
        }
        Realloc.copy(address, block, Math.min(old, bytes));
        unmap(address, mapped(old));
        return block;
    }

    /** Usable bytes of the live block at {@code address}, or 0 if there is none. */
    long usableSize(long address) {
        lock.lock();
        try {
            long entry = address < lowest || address >= highest ? 0 : find(address);
            return entry == 0 || bytes(entry) <= 0 ? 0 : mapped(bytes(entry));
        } finally {
            lock.unlock();
        }
    }

    // ---- table; call with the lock held

    private static long bytes(long entry) {
        return Memory.getLong(entry + 8);
    }

    private static int slot(long address) {
        return (int) (((address >>> 12) * 0x9E3779B97F4A7C15L) >>> (64 - SLOTS_SHIFT));
    }

    /** The entry of {@code address}, or 0. */
    private static long find(long address) {
        long entry = place(address);
        return Memory.getLong(entry) == 0 ? 0 : entry;
    }

    /** The entry of {@code address}, or the unused one where it would be. */
    private static long place(long address) {
        for (int slot = slot(address); ; slot = (slot + 1) & (SLOTS - 1)) {
            long entry = Range.STRICT_TABLE + (long) slot * ENTRY_SIZE;
            long found = Memory.getLong(entry);
            if (found == address || found == 0) {
                return entry;
            }
        }
    }

    private void setBytes(long address, long bytes) {
        long entry = place(address);
        if (Memory.getLong(entry) == 0) {
            used++;
        }
        Memory.putLong(entry, address);
        Memory.putLong(entry + 8, bytes);
    }

    private void noteLive(long address, int blocks, long bytes) {
        long place = SORTED + notBelow(address) * Long.BYTES;
        long end = SORTED + liveBlocks * Long.BYTES;
        if (blocks > 0) {
            Memory.copy(place, place + Long.BYTES, end - place);
            Memory.putLong(place, address);
        } else {
            Memory.copy(place, place - Long.BYTES, end - place);
        }
        liveBlocks += blocks;
        liveRequested += bytes;
        liveMapped += blocks * mapped(Math.abs(bytes));
    }

    /** Live blocks that start at {@code address} or above it. */
    private long notBelow(long address) {
        long low = 0;
        long high = liveBlocks;
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (Memory.getLong(SORTED + middle * Long.BYTES) >= address) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Whether {@code address}, where none starts, lies inside a live block. */
    private boolean isInside(long address) {
        long above = notBelow(address);
        if (above == liveBlocks) {
            return false;
        }
        long start = Memory.getLong(SORTED + above * Long.BYTES);
        return address < start + mapped(bytes(find(start)));
    }

    /** Makes room by forgetting the addresses of blocks that are gone. Keeps the chains whole by putting the others anew. */
    private void forgetGone() {
        for (int slot = 0; slot < SLOTS; slot++) {
            long entry = Range.STRICT_TABLE + (long) slot * ENTRY_SIZE;
            if (Memory.getLong(entry) != 0 && bytes(entry) == 0) {
                remove(slot);
                slot--; // another entry may have moved here
            }
        }
    }

    /** Removes one entry by shifting back those behind it whose chain leads over it (Knuth, vol. 3, 6.4, algorithm R). */
    private void remove(int slot) {
        int hole = slot;
        for (int next = (slot + 1) & (SLOTS - 1); ; next = (next + 1) & (SLOTS - 1)) {
            long entry = Range.STRICT_TABLE + (long) next * ENTRY_SIZE;
            long address = Memory.getLong(entry);
            long target = Range.STRICT_TABLE + (long) hole * ENTRY_SIZE;
            if (address == 0) {
                Memory.putLong(target, 0);
                Memory.putLong(target + 8, 0);
                used--;
                return;
            }
            int home = slot(address);
            if (((next - home) & (SLOTS - 1)) >= ((next - hole) & (SLOTS - 1))) {
                Memory.putLong(target, address);
                Memory.putLong(target + 8, bytes(entry));
                hole = next;
            }
        }
    }

    // ---- for readers

    /**
     * A walk over the live blocks, addresses ascending, some hundred under one hold of the lock. No two of them overlap: what starts inside the last one
     * by the time that the walk goes on has come since.
     */
    static final class Walk {

        private final long[] some = new long[2 * BLOCKS_PER_HOLD];
        private int longs;
        private int at;
        private long end;

        /** Begins at the address {@code from}. */
        Walk(long from) {
            end = from;
        }

        /** Goes on to the next block; false if there is none. */
        boolean next() {
            at += 2;
            if (at >= longs) {
                at = 0;
                longs = INSTANCE.copyLive(end, some);
                if (longs == 0) {
                    return false;
                }
            }
            end = some[at] + mapped(some[at + 1]);
            return true;
        }

        long address() {
            return some[at];
        }

        long bytes() {
            return some[at + 1];
        }
    }

    /** Copies live blocks that start at {@code from} or above, lowest first, as pairs of address and requested bytes. Answers how many longs. */
    private int copyLive(long from, long[] blocks) {
        int copied = 0;
        lock.lock();
        try {
            for (long i = notBelow(from) - 1; i >= 0 && copied < blocks.length; i--) {
                long address = Memory.getLong(SORTED + i * Long.BYTES);
                blocks[copied++] = address;
                blocks[copied++] = bytes(find(address));
            }
        } finally {
            lock.unlock();
        }
        return copied;
    }

    /**
     * Copies the first bytes of the block at {@code address}; false if it isn't live any more. Under the lock it stays mapped: who unmaps or
     * moves a block takes it out of the table first.
     */
    boolean copyStart(long address, byte[] to, int length) {
        lock.lock();
        try {
            long entry = find(address);
            if (entry == 0 || bytes(entry) < length) {
                return false;
            }
            Memory.copy(address, to, length);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Accessible bytes of the table. */
    long tableBytes() {
        return ready ? TABLE_BYTES : 0;
    }

    long liveBlocks() {
        return liveBlocks;
    }

    long liveRequested() {
        return liveRequested;
    }

    /** Bytes of all live blocks, in whole OS pages. */
    long liveMapped() {
        return liveMapped;
    }

    /** Blocks ever taken. */
    long taken() {
        return taken;
    }
}
