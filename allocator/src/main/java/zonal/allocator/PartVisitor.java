package zonal.allocator;

/** Sees stretches of addresses. */
interface PartVisitor {
    /** A stretch of {@code bytes} at {@code address}, whole OS pages. */
    void part(long address, long bytes);
}
