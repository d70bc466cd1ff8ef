package zonal.allocator;

/** How the LARGE zone keeps its blocks. */
public enum LargeMode {
    /** Up to 32 KiB packed in pages, above that page-granular runs of the range; freed ones are kept for a while. */
    PACKED,
    /** Each block is exactly one mapping call, its free exactly one unmapping call. */
    STRICT
}
