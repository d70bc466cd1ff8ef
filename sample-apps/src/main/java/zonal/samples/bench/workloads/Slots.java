package zonal.samples.bench.workloads;

/** Places for blocks, each empty or with one block. For one thread at a time. */
final class Slots {
    /** Address and bytes of each slot, side by side: one cache line to look at. Address 0: empty. */
    private final long[] cells;

    Slots(int count) {
        cells = new long[2 * count];
    }

    int count() {
        return cells.length / 2;
    }

    boolean isEmpty(int slot) {
        return cells[2 * slot] == 0;
    }

    long address(int slot) {
        return cells[2 * slot];
    }

    long bytes(int slot) {
        return cells[2 * slot + 1];
    }

    /** Takes a block into an empty slot. */
    void take(int slot, long bytes) {
        cells[2 * slot] = Blocks.take(bytes);
        cells[2 * slot + 1] = bytes;
    }

    /** Frees a slot's block. */
    void give(int slot) {
        Blocks.give(cells[2 * slot], cells[2 * slot + 1]);
        cells[2 * slot] = 0;
    }

    /** Frees what the slot holds, if anything, and takes a block into it. */
    void replace(int slot, long bytes) {
        if (!isEmpty(slot)) {
            give(slot);
        }
        take(slot, bytes);
    }

    /** Puts a block that was taken elsewhere into an empty slot. */
    void put(int slot, long address, long bytes) {
        cells[2 * slot] = address;
        cells[2 * slot + 1] = bytes;
    }

    /** Leaves a slot empty, its block live. */
    void forget(int slot) {
        cells[2 * slot] = 0;
    }

    /** Exchanges the blocks of two slots. */
    void swap(int one, Slots others, int other) {
        long address = address(one);
        long bytes = bytes(one);
        put(one, others.address(other), others.bytes(other));
        others.put(other, address, bytes);
    }

    /** Frees everything. */
    void clear() {
        for (int slot = 0; slot < count(); slot++) {
            if (!isEmpty(slot)) {
                give(slot);
            }
        }
    }
}
