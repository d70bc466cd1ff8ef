package zonal.allocator;

/** The three zones. The size that was asked for decides which one a block belongs to. */
enum Zone {
    TINY(0),
    SMALL(1),
    LARGE(2);

    /** The zones in order; {@code values()} would make a new array at each call. */
    static final Zone[] ALL = values();

    /** The zone's place in {@link #ALL}. */
    final int index;

    Zone(int index) {
        this.index = index;
    }

    /** The zone of a request of {@code bytes}. */
    static Zone of(long bytes) {
        Options options = Options.current();
        return bytes <= options.tiny() ? TINY : bytes <= options.small() ? SMALL : LARGE;
    }
}
