package zonal.allocator;

import java.io.IOException;

/** Sees the live blocks, as {@link LiveBlocks} finds them: zone by zone, addresses ascending. No lock of the allocator is held. */
interface BlockVisitor {

    /** What follows is of this zone. Its first page, or first block of its own, is at {@code address}. A zone without any is left out. */
    void zone(Zone zone, long address) throws IOException;

    /**
     * A live block.
     *
     * @param address its first byte
     * @param bytes as requested
     * @param usable bytes that it holds
     */
    void block(long address, long bytes, long usable) throws IOException;
}
