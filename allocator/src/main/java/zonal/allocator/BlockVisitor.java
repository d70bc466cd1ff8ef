package zonal.allocator;

/** Sees a live block. */
interface BlockVisitor {
    /** A live block at {@code address}, of {@code bytes} as requested. */
    void block(long address, long bytes);
}
