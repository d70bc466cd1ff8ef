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
        int size = SizeClasses.size(sizeClass);
        int old = size - (live & 0xffff);
        boolean inPlace = bytes <= size && SizeClasses.of((int) bytes) == sizeClass;
        // What is cut off must be zeroed while nobody else can have it, and so with the whole block.
        if (inPlace && !(ZERO && bytes < old)) {
            int newSlack = size - (int) bytes;
            int slack = BlockMap.setSlack(address, newSlack);
            if (slack < 0) {
                BadCalls.report(BadCalls.REALLOC, address);
                return BAD;
            }
            long cache = CacheTable.enter();
            Magazine.noteSlack(cache, sizeClass, newSlack - slack);
            CacheTable.leave(cache);
            if (BlockMap.isSampled(address)) {
                Sampler.resized(address, bytes);
            }
            return address;
        }
        return moveFromPage(address, old, bytes);
    }

    private static long moveFromPage(long address, long oldBytes, long bytes) {
        long block = Malloc.take(bytes);
        if (block == 0) {
            return NO_MEMORY;
        }
        copy(address, block, Math.min(oldBytes, bytes));
        Free.give(address);
        return block;
    }

    /** Copies to a block that was taken just now, which then no longer reads as zero, whoever asks. */
    static void copy(long from, long to, long bytes) {
        Memory.copyBlock(from, to, bytes);
        if (RunHeap.contains(to)) {
            RunHeap.INSTANCE.takeZeroed(to);
        }
    }

    private static long resizeRun(long address, long bytes) {
        long old = RunHeap.INSTANCE.requestedSize(address);
        if (bytes > Malloc.PAGED_MAX && RunHeap.INSTANCE.resize(address, bytes)) {
            if (bytes < old) {
                RunHeap.INSTANCE.shrinkSample(address, bytes);
            } else if (RunHeap.INSTANCE.isSampled(address)) {
                Sampler.resized(address, bytes);
            } else if (bytes > old) {
                Malloc.sampleResized(address, bytes, bytes - old);
            }
            return address;
        }
        return moveRun(address, bytes, RunMoves.LEAST);
    }

    /**
     * Takes a new block, moves the contents there and frees the old one, a run.
     *
     * <p>It is nobody's meanwhile: were it freed by another thread, which is an error, and taken by a third, what moves would be that one's.
     *
     * @param leastMoved bytes from which on OS pages are moved: a test's needs no great blocks
     */
    static long moveRun(long address, long bytes, long leastMoved) {
        int run = RunHeap.INSTANCE.claim(address);
        if (run == Run.NONE) {
            BadCalls.report(BadCalls.REALLOC, address);
            return BAD;
        }
        long old = Run.value(run);
        long kept = Math.min(old, bytes);
        boolean moves = kept >= leastMoved && RunMoves.mayMove(run);
        long block = bytes > old ? Malloc.takeWithRoom(bytes, moves) : Malloc.take(bytes);
        if (block == 0 || !bring(address, block, kept, moves)) {
            Run.revive(run);
            return NO_MEMORY;
        }
        RunHeap.INSTANCE.giveClaimed(run);
        return block;
    }

    /** Moves or copies a run's contents to a block that was taken just now. False where that block is lost, as {@link RunMoves#move} says. */
    private static boolean bring(long from, long to, long bytes, boolean moves) {
        if (moves && RunHeap.contains(to)) {
            return RunMoves.move(from, to, bytes);
        }
        copy(from, to, bytes);
        return true;
    }
}
