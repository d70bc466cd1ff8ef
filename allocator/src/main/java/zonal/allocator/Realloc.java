package zonal.allocator;

/**
 * Resizes a block: in place where the class stays or the run behind is free, else by moving OS pages, and by copying last.
 */
final class Realloc {

    /** The block is ours and live, and there is no memory for the new size; it is as it was. */
    static final long NO_MEMORY = -1;

    /** The address is ours and no live block starts there; nothing was done but to report it. */
    static final long BAD = -2;

    private static final boolean ZERO = Options.current().zeroOnFree();
    private static final boolean STRICT = Options.current().large() == LargeMode.STRICT;

    private Realloc() {}

    /**
     * Resizes the block at {@code address} to {@code bytes}, both positive. Answers the new address, 0 if the address is none of ours,
     * {@link #NO_MEMORY} or {@link #BAD}.
     */
    static long resize(long address, long bytes) {
        StackProbe.far();
        if (!Range.contains(address)) {
            return STRICT ? StrictMappings.INSTANCE.resize(address, bytes) : 0;
        }
        if (RunHeap.contains(address)) {
            return resizeRun(address, bytes);
        }
        int live = BlockMap.live(address);
        if (live < 0) {
            BadCalls.report(BadCalls.REALLOC, address);
            return BAD;
        }
        int sizeClass = live >>> 16;
        int slack = live & 0xffff;
        int size = SizeClasses.size(sizeClass);
        if (bytes <= size && bytes <= Malloc.PAGED_MAX && SizeClasses.of((int) bytes) == sizeClass) {
            int newSlack = size - (int) bytes;
            if (!BlockMap.setSlack(address, sizeClass, newSlack)) {
                BadCalls.report(BadCalls.REALLOC, address);
                return BAD;
            }
            if (ZERO && newSlack > slack) {
                Memory.zero(address + bytes, newSlack);
            }
            long cache = CacheTable.enter();
            Magazine.noteSlack(cache, sizeClass, newSlack - slack);
            CacheTable.leave(cache);
            if (BlockMap.isSampled(address)) {
                Sampler.resized(address, bytes);
            }
            return address;
        }
        return move(address, size - slack, bytes);
    }

    private static long resizeRun(long address, long bytes) {
        long old = RunHeap.INSTANCE.requestedSize(address);
        if (bytes > Malloc.PAGED_MAX && RunHeap.INSTANCE.resize(address, bytes)) {
            if (RunHeap.INSTANCE.isSampled(address)) {
                Sampler.resized(address, bytes);
            } else if (bytes > old) {
                Malloc.sampleRun(CacheTable.mine(), address, bytes, bytes - old);
            }
            return address;
        }
        if (old == 0) {
            BadCalls.report(BadCalls.REALLOC, address);
            return BAD;
        }
        return move(address, old, bytes);
    }

    /** Takes a new block, moves the contents there and frees the old one. */
    static long move(long address, long oldBytes, long bytes) {
        return move(address, oldBytes, bytes, RunMoves.LEAST);
    }

    /** As {@link #move(long, long, long)}; moves OS pages from {@code leastMoved} bytes on, so that a test needs no great blocks for it. */
    static long move(long address, long oldBytes, long bytes, long leastMoved) {
        long kept = Math.min(oldBytes, bytes);
        boolean grows = RunHeap.contains(address) && bytes > oldBytes;
        long block = grows ? Malloc.takeWithRoom(bytes, kept >= leastMoved) : Malloc.take(bytes);
        if (block == 0) {
            return NO_MEMORY;
        }
        boolean moved = kept >= leastMoved
                && RunHeap.contains(address)
                && RunHeap.contains(block)
                && RunMoves.move(address, block, kept);
        if (!moved) {
            Memory.copy(address, block, kept);
            if (RunHeap.contains(block)) {
                RunHeap.INSTANCE.takeZeroed(block); // it no longer reads as zero, whoever asks
            }
        }
        Free.give(address);
        return block;
    }
}
