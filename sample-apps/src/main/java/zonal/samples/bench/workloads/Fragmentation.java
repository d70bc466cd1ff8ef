package zonal.samples.bench.workloads;

/**
 * A million blocks of one size, of which nine in ten are freed at random; then as many of the next size, four sizes in turn; at the end all
 * are freed. What is left over of one size must be of use for the next, or memory grows. One operation: one block.
 */
final class Fragmentation implements Workload {
    private static final int KEPT_OF = 10;

    private final int[] sizes;
    private final int blocks;
    private final long[] addresses;
    /** Where the kept blocks of each size end. */
    private final int[] ends;

    private final Dice dice = new Dice(6);

    Fragmentation(int blocks, int... sizes) {
        this.sizes = sizes;
        this.blocks = blocks;
        addresses = new long[2 * blocks];
        ends = new int[sizes.length];
    }

    /** Whole rounds, however few operations are asked for. */
    @Override
    public long run(long operations) {
        long round = (long) blocks * sizes.length;
        long rounds = Math.max(1, operations / round);
        for (long i = 0; i < rounds; i++) {
            round();
        }
        return rounds * round;
    }

    private void round() {
        int held = 0;
        for (int i = 0; i < sizes.length; i++) {
            take(held, sizes[i]);
            held = thin(held, sizes[i]);
            ends[i] = held;
        }
        int slot = 0;
        for (int i = 0; i < sizes.length; i++) {
            while (slot < ends[i]) {
                Blocks.give(addresses[slot++], sizes[i]);
            }
        }
    }

    private void take(int first, int bytes) {
        for (int slot = first; slot < first + blocks; slot++) {
            addresses[slot] = Blocks.take(bytes);
        }
    }

    /** Frees nine in ten of the newest blocks and moves the others together; answers where they end. */
    private int thin(int first, int bytes) {
        int kept = first;
        for (int slot = first; slot < first + blocks; slot++) {
            long address = addresses[slot];
            if (kept < addresses.length - blocks && dice.below(KEPT_OF) == 0) {
                addresses[kept++] = address;
            } else {
                Blocks.give(address, bytes);
            }
        }
        return kept;
    }
}
