package zonal.samples.bench.workloads;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * mimalloc's stress test: each thread takes blocks of powers of two (one in a hundred 100 times as long, one in a thousand 1,000 times), writes
 * all of them, keeps some for its life, frees and exchanges others with its fellows through 1,000 shared places, and ends; then all threads
 * are new, and half of the shared blocks have survived.
 * One operation: one block taken.
 */
final class Mstress implements Workload {
    private static final int THREADS = 2 * Team.THREADS;
    private static final int SHARED = 1_000;
    private static final int PLAIN = 5_000;
    /** A place holds an address and, in the bits above it, the block's size. */
    private static final int ADDRESS_BITS = 48;

    private static final int SIZE_UNIT = 8;

    private final AtomicLongArray shared = new AtomicLongArray(SHARED);
    private final Dice survival = new Dice(4);

    @Override
    public long run(long operations) throws InterruptedException {
        long done = 0;
        for (long round = 0; done < operations; round++) {
            long seed = round * THREADS;
            Team.run(THREADS, member -> new Life(shared, new Dice(seed + member)).live(allocations(member)));
            for (int place = 0; place < SHARED; place++) {
                if (survival.percent(50)) {
                    give(shared.getAndSet(place, 0));
                }
            }
            for (int member = 0; member < THREADS; member++) {
                done += allocations(member) + allocations(member) / 2;
            }
        }
        return done;
    }

    @Override
    public void close() {
        for (int place = 0; place < SHARED; place++) {
            give(shared.getAndSet(place, 0));
        }
    }

    private static int allocations(int member) {
        return PLAIN * (member % 8 + 1);
    }

    private static long take(Dice dice, int largestPower) {
        long bytes = (long) SIZE_UNIT << dice.below(largestPower);
        int chance = dice.below(10_000);
        if (chance < 100) {
            bytes *= chance < 10 ? 1_000 : 100;
        }
        long address = Blocks.take(bytes);
        Blocks.fill(address, bytes, (byte) chance);
        return address | ((bytes / SIZE_UNIT) << ADDRESS_BITS);
    }

    private static void give(long block) {
        if (block != 0) {
            Blocks.give(block & (1L << ADDRESS_BITS) - 1, (block >>> ADDRESS_BITS) * SIZE_UNIT);
        }
    }

    /** What one thread does. */
    private static final class Life {
        private final AtomicLongArray shared;
        private final Dice dice;
        private long[] blocks = {};
        private int held;

        Life(AtomicLongArray shared, Dice dice) {
            this.shared = shared;
            this.dice = dice;
        }

        void live(int allocations) {
            blocks = new long[allocations];
            long[] retained = new long[allocations / 2];
            int kept = 0;
            for (int i = 0; i < allocations; i++) {
                step();
                if (kept < retained.length && i % 2 == 0) {
                    retained[kept++] = take(dice, 7);
                }
            }
            for (int i = 0; i < held; i++) {
                give(blocks[i]);
            }
            for (int i = 0; i < kept; i++) {
                give(retained[i]);
            }
        }

        private void step() {
            blocks[held++] = take(dice, 5);
            if (dice.percent(66)) {
                int victim = dice.below(held);
                give(blocks[victim]);
                blocks[victim] = blocks[--held];
            }
            if (held > 0 && dice.percent(25)) {
                int victim = dice.below(held);
                long other = shared.getAndSet(dice.below(SHARED), blocks[victim]);
                if (other == 0) {
                    blocks[victim] = blocks[--held];
                } else {
                    blocks[victim] = other;
                }
            }
        }
    }
}
