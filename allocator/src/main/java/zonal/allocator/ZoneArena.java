package zonal.allocator;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * An FFM {@link Arena} whose segments are blocks of this allocator, for use without the agent. (Under it every arena of the JDK's is such.)
 *
 * <p>Segments are zeroed, as FFM demands, and freed when the arena is closed. Access to segments, and who may close the arena, are as
 * with the JDK's arena of the same kind.
 */
public final class ZoneArena implements Arena {

    private static final long NATURAL_ALIGNMENT = 16;

    /** {@code MemorySegment.reinterpret}, which asks who calls it: under the agent, nobody who needs native access. */
    private static final MethodHandle REINTERPRET = reinterpret();

    private final Arena lifetime;

    private ZoneArena(Arena lifetime) {
        this.lifetime = lifetime;
    }

    private static MethodHandle reinterpret() {
        try {
            return Memory.restrictedLookup()
                    .findVirtual(
                            MemorySegment.class,
                            "reinterpret",
                            MethodType.methodType(MemorySegment.class, long.class, Arena.class, Consumer.class));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("no java.lang.foreign.MemorySegment.reinterpret", e);
        }
    }

    /** An arena for the calling thread alone. */
    @SuppressWarnings("MustBeClosedChecker") // the caller closes it
    public static ZoneArena ofConfined() {
        return new ZoneArena(Arena.ofConfined());
    }

    /** An arena for all threads. */
    @SuppressWarnings("MustBeClosedChecker") // the caller closes it
    public static ZoneArena ofShared() {
        return new ZoneArena(Arena.ofShared());
    }

    /** An allocator of segments that live as long as {@code lifetime}, any arena that can be closed or is collected. */
    public static SegmentAllocator allocator(Arena lifetime) {
        return (bytes, alignment) -> allocate(lifetime, bytes, alignment);
    }

    /**
     * @param byteSize bytes, 0 or more
     * @param byteAlignment bytes, a power of two
     * @throws IllegalArgumentException if either is not
     * @throws OutOfMemoryError if there is no memory
     * @throws IllegalStateException if the arena is closed
     */
    @Override
    public MemorySegment allocate(long byteSize, long byteAlignment) {
        return allocate(lifetime, byteSize, byteAlignment);
    }

    private static MemorySegment allocate(Arena lifetime, long bytes, long alignment) {
        if (bytes < 0) {
            throw new IllegalArgumentException("size " + bytes + ": must be 0 or more");
        }
        if (alignment <= 0 || Long.bitCount(alignment) != 1) {
            throw new IllegalArgumentException("alignment " + alignment + ": must be a power of two");
        }
        long spare = Math.max(0, alignment - NATURAL_ALIGNMENT);
        if (bytes > Long.MAX_VALUE - spare) {
            throw new OutOfMemoryError("Unable to allocate " + bytes + " bytes");
        }
        OwnBlock block = new OwnBlock();
        // A segment of no bytes has an address of its own all the same.
        block.set(Allocator.calloc(1, Math.max(1, bytes + spare)));
        long aligned = (block.get() + alignment - 1) & -alignment;
        try {
            MemorySegment start = MemorySegment.ofAddress(aligned);
            return (MemorySegment) REINTERPRET.invokeExact(start, bytes, lifetime, (Consumer<?>) block);
        } catch (Throwable e) {
            block.accept(MemorySegment.NULL);
            throw CFunction.rethrow(e);
        }
    }

    /**
     * The address of a segment's block, which it frees once: where the Java heap is full, the JDK may have taken note of what is to be done at
     * the lifetime's end, and then have no room for the segment itself.
     */
    private static final class OwnBlock extends AtomicLong implements Consumer<MemorySegment> {
        private static final long serialVersionUID = 1L;

        @Override
        public void accept(MemorySegment segment) {
            Allocator.free(getAndSet(0));
        }
    }

    @Override
    public MemorySegment.Scope scope() {
        return lifetime.scope();
    }

    @Override
    public void close() {
        lifetime.close();
    }
}
