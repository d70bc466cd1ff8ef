package zonal.allocator;

/**
 * Hears of what the allocator meets on its slow ways. A process has one, set with {@link Allocator#observe}; without one nothing is
 * told to anybody.
 *
 * <p>Called in the thread that met it, at once, outside all locks of the allocator: an observer may take and free memory itself, and
 * then hears of that, too. It may be called by many threads at once, and must not throw.
 */
public interface Observer {

    /**
     * No live block starts where one was to be freed or resized. Told of each such call, before the option {@code on-error} decides
     * what comes of it.
     *
     * @param call {@code "free"} or {@code "realloc"}
     * @param address what the caller gave
     * @param reason what is wrong with it, in words
     */
    void badCall(String call, long address, String reason);

    /**
     * A block was taken and sampled.
     *
     * @param block its address
     * @param bytes its requested size
     * @param weight bytes of all allocations that this one stands for
     */
    void sampled(long block, long bytes, long weight);
}
