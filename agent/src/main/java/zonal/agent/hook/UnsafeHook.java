package zonal.agent.hook;

import jdk.internal.misc.Unsafe;
import jdk.internal.vm.annotation.ForceInline;
import zonal.allocator.Allocator;
import zonal.allocator.StackProbe;

/**
 * What the woven methods of {@code jdk.internal.misc.Unsafe} ask first. Lives in the boot loader, because {@code java.base}
 * must see it.
 *
 * <p>Each method gets the arguments exactly as the caller of {@code Unsafe} gave them. Each has one answer that means
 * "not mine": then the stock body runs, which checks the arguments, throws what stock throws, and serves memory that is
 * not Zonal's.
 *
 * <p>These methods run below the JDK. Nothing here may load or link a class, make a lambda, join strings, box, or take Java
 * heap memory.
 */
public final class UnsafeHook {
    /** Answer of {@link #reallocate}: the stock body is to run. No address is negative. */
    public static final long STOCK = -1;

    // Answers of Allocator.tryRealloc that are no address.
    private static final long CANNOT_GROW = -1;
    private static final long BAD_REALLOC = -2;

    private static final Unsafe UNSAFE = Unsafe.getUnsafe();

    private UnsafeHook() {}

    /** Answers the address of a new block of {@code bytes} bytes, or 0: the stock body is to run. */
    @ForceInline
    public static long allocate(long bytes) {
        return Allocator.tryMalloc(bytes);
    }

    /** Answers true if {@code address} was Zonal's to free, false: the stock body is to run. */
    @ForceInline
    public static boolean free(long address) {
        return Allocator.tryFree(address);
    }

    /**
     * Answers what {@code reallocateMemory} is to return, or {@link #STOCK}: the stock body is to run.
     *
     * <p>A realloc of an address in Zonal's range that is no live block answers 0 and does nothing, as the C model's
     * {@code realloc} answers NULL. Stock never answers 0 for a positive size, but what it does with such an address is to
     * end the process.
     */
    @ForceInline
    public static long reallocate(long address, long bytes) {
        long answer = Allocator.tryRealloc(address, bytes);
        return answer > 0 ? answer : withoutNewBlock(answer, address, bytes);
    }

    /**
     * Answers true if the block at {@code address}, which was taken just now, reads as zero already. Asked by the woven methods of the JDK that
     * zero each new direct buffer and segment.
     */
    @ForceInline
    public static boolean isFresh(long address) {
        return Allocator.isFresh(address);
    }

    /**
     * As {@link #reallocate}, where Zonal was detached: a live block of Zonal's moves to memory of stock, so that its blocks only become
     * fewer.
     */
    public static long reallocateAway(long address, long bytes) {
        if (address == 0 || bytes <= 0) {
            return STOCK;
        }
        if (Allocator.usableSize(address) != 0) {
            return moveToStock(address, bytes);
        }
        // Foreign, or no live block: the allocator tells the two apart, and reports the second.
        return withoutNewBlock(Allocator.tryRealloc(address, bytes), address, bytes);
    }

    private static long withoutNewBlock(long answer, long address, long bytes) {
        if (answer == CANNOT_GROW) {
            return moveToStock(address, bytes);
        }
        return answer == BAD_REALLOC ? 0 : STOCK;
    }

    /**
     * Moves a live block of ours to memory that {@code Unsafe} finds elsewhere. The inner call comes through
     * {@link #allocate} again; if that still has nothing, the stock body serves it, or throws as stock does for this size,
     * and then the old block is as it was.
     */
    private static long moveToStock(long address, long bytes) {
        StackProbe.far();
        long moved = UNSAFE.allocateMemory(bytes);
        UNSAFE.copyMemory(address, moved, Math.min(Allocator.usableSize(address), bytes));
        Allocator.tryFree(address);
        return moved;
    }
}
