package zonal.allocator;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicLong;
import jdk.internal.vm.annotation.ForceInline;
import org.jspecify.annotations.Nullable;

/**
 * The allocator's front door: {@code malloc} and its kin, for library use, and the same without exceptions for hooks.
 *
 * <p>Addresses are those of the process, as {@code sun.misc.Unsafe} and {@code MemorySegment.ofAddress} take them. Every block is
 * aligned to 16 bytes. All methods are thread-safe, for platform and virtual threads; any thread may free any block.
 *
 * <p>Semantics are those of the JDK's {@code Unsafe}: 0 bytes give address 0, address 0 may be freed, negative sizes are refused with
 * {@link IllegalArgumentException}, and a size that can't be had gives {@link OutOfMemoryError}. What a bad free does, the option
 * {@code on-error} decides; the allocator itself is never damaged by one.
 */
public final class Allocator {

    /** Not a {@code LongAdder}: where threads meet, it takes Java heap memory, and a free must not fail for want of that. */
    private static final AtomicLong FOREIGN_FREES = new AtomicLong();

    private static volatile @Nullable Observer observer;

    /** Why the allocator can't work here, or null. The first use of this class exercises every path. */
    private static final @Nullable String FAILURE = Warmup.run();

    private Allocator() {}

    /**
     * Makes sure that the allocator works here: its range is reserved, and every path has been exercised once, so that no later
     * call loads a class. The first of the other methods does it, too; this one says why it can't.
     *
     * @throws UnsupportedOperationException with a line that says why, if the allocator can't work here
     */
    public static void start() {
        if (FAILURE != null) {
            throw new UnsupportedOperationException(FAILURE);
        }
    }

    /**
     * Takes a block.
     *
     * @param bytes requested size; 0 answers 0
     * @return its address
     * @throws IllegalArgumentException if {@code bytes} is negative
     * @throws OutOfMemoryError if there is no memory
     */
    public static long malloc(long bytes) {
        StackProbe.unlessInC2(StackProbe.positive());
        long block = Malloc.take(bytes);
        // No call between a block and its return: a stack that ends there, where a compiler doesn't inline it, would
        // lose the block.
        return block != 0 ? block : orThrow(0, bytes);
    }

    /**
     * Takes a block of {@code count * size} bytes, all zero.
     *
     * @return its address; 0 if {@code count} or {@code size} is 0
     * @throws IllegalArgumentException if either is negative
     * @throws OutOfMemoryError if there is no memory, or the product is more than a long holds
     */
    public static long calloc(long count, long size) {
        if (count < 0 || size < 0) {
            throw new IllegalArgumentException("calloc(" + count + ", " + size + "): both must be 0 or more");
        }
        if (Math.multiplyHigh(count, size) != 0 || count * size < 0) {
            throw new OutOfMemoryError("Unable to allocate " + count + " times " + size + " bytes");
        }
        StackProbe.far();
        return orThrow(Malloc.takeZeroed(count * size), count * size);
    }

    private static long orThrow(long block, long bytes) {
        if (block == 0 && bytes != 0) {
            if (bytes < 0) {
                throw new IllegalArgumentException("size " + bytes + ": must be 0 or more");
            }
            throw new OutOfMemoryError("Unable to allocate " + bytes + " bytes");
        }
        return block;
    }

    /**
     * Resizes a block; its contents up to the lesser of both sizes stay.
     *
     * @param address a live block's, or 0 for a new block
     * @param bytes new size; 0 frees the block and answers 0
     * @return the block's address, which may be another; 0 if no live block starts at {@code address}, which is a bad realloc
     * @throws IllegalArgumentException if {@code bytes} is negative, or (option {@code on-error=throw}) no live block starts there
     * @throws OutOfMemoryError if there is no memory; the block is as it was
     */
    public static long realloc(long address, long bytes) {
        if (address == 0) {
            return malloc(bytes);
        }
        if (bytes == 0) {
            free(address);
            return 0;
        }
        if (bytes < 0) {
            throw new IllegalArgumentException("size " + bytes + ": must be 0 or more");
        }
        long block = Realloc.resize(address, bytes);
        if (block > 0) {
            return block;
        }
        if (block == Realloc.NO_MEMORY) {
            throw new OutOfMemoryError("Unable to allocate " + bytes + " bytes");
        }
        if (block == 0) {
            BadCalls.report(BadCalls.REALLOC, address);
        }
        return 0;
    }

    /** Frees a block. 0 is allowed; any other address where no live block starts is a bad free (option {@code on-error}). */
    public static void free(long address) {
        StackProbe.unlessInC2(StackProbe.positive());
        if (address != 0 && !Free.give(address)) {
            BadCalls.report(BadCalls.FREE, address);
        }
    }

    /** Bytes that may be used of the live block that starts at {@code address}, at least as many as requested; 0 if none does. */
    public static long usableSize(long address) {
        if (!Range.contains(address)) {
            return StrictMappings.INSTANCE.usableSize(address);
        }
        if (RunHeap.contains(address)) {
            return RunHeap.INSTANCE.usableSize(address);
        }
        int live = BlockMap.live(address);
        return live < 0 ? 0 : SizeClasses.size(live >>> 16);
    }

    /** Whether {@code address} lies in the allocator's range, or a live block of {@code large=strict} starts there. */
    public static boolean owns(long address) {
        return Range.contains(address) || StrictMappings.INSTANCE.usableSize(address) != 0;
    }

    /**
     * Each live block by zone, addresses ascending, sizes as requested, total last. That is about 55 bytes a block:
     * {@link AllocationDump#write} makes no string of it.
     */
    @SuppressWarnings("checkstyle:MethodName") // the C name, on purpose
    public static String show_alloc_mem() {
        return show(false);
    }

    /** As {@link #show_alloc_mem}, with what is known of each block, its first bytes, the free space and the waste by class. */
    public static String show_alloc_mem_ex() {
        return show(true);
    }

    private static String show(boolean extended) {
        StringWriter text = new StringWriter();
        try {
            AllocationDump.write(text, extended);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a StringWriter throws none
        }
        return text.toString();
    }

    /** Sets who hears of bad calls and sampled blocks from now on, instead of who did before; null: nobody. */
    public static void observe(@Nullable Observer newObserver) {
        observer = newObserver;
    }

    static @Nullable Observer observer() {
        return observer;
    }

    // ---- for hooks: nothing here throws for an argument, or for want of memory

    /** Takes a block; 0 if the request isn't served: {@code bytes} is not positive, or there is no memory. */
    @ForceInline
    public static long tryMalloc(long bytes) {
        StackProbe.unlessInC2(StackProbe.positive());
        return Malloc.take(bytes);
    }

    /**
     * Frees a block. True if the address is ours: then it was freed, or dealt with as a bad free. False if it is foreign (counted,
     * but for 0).
     */
    @ForceInline
    public static boolean tryFree(long address) {
        StackProbe.unlessInC2(StackProbe.positive());
        return Free.give(address) || noteForeign(address);
    }

    private static boolean noteForeign(long address) {
        if (address != 0) {
            FOREIGN_FREES.incrementAndGet();
        }
        return false;
    }

    /**
     * Resizes a block. Answers its address; 0 if it's for somebody else to decide (the address is foreign, or 0 and not served, or
     * {@code bytes} is not positive); -1 if the block is ours and there is no memory (it is as it was); -2 if no live block of
     * ours starts there (reported).
     */
    public static long tryRealloc(long address, long bytes) {
        StackProbe.unlessInC2(StackProbe.positive());
        if (bytes <= 0) {
            return 0;
        }
        return address == 0 ? Malloc.take(bytes) : Realloc.resize(address, bytes);
    }

    /**
     * Whether the block that starts at {@code address} is known to read as zero, because its memory is fresh from the system. To be
     * asked once, by who has just taken the block and not written to it; asked again it may answer false. False for any other address.
     */
    @ForceInline
    public static boolean isFresh(long address) {
        return Malloc.isFresh(address);
    }

    static long foreignFrees() {
        return FOREIGN_FREES.get();
    }
}
