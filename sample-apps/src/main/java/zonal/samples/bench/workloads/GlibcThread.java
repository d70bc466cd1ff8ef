package zonal.samples.bench.workloads;

/**
 * glibc's benchmark of threads: each has 1,024 slots, draws one, frees its block, takes another and writes all of it. Sizes from 4 to 32,768
 * bytes, a size's likeliness falling with its square. One operation: one slot.
 */
final class GlibcThread implements Workload {
    private final Member[] members = new Member[Team.THREADS];

    GlibcThread() {
        for (int i = 0; i < members.length; i++) {
            members[i] = new Member(new Dice(i));
        }
    }

    @Override
    public long run(long operations) throws InterruptedException {
        long each = Math.ceilDiv(operations, members.length);
        Team.run(members.length, i -> members[i].run(each));
        return each * members.length;
    }

    @Override
    public void close() {
        for (Member member : members) {
            member.slots.clear();
        }
    }

    private static final class Member implements Workload.OneThread {
        private static final int SLOTS = 1_024;
        private static final double LEAST_BYTES = 4;
        private static final double MOST_BYTES = 32_768;
        private static final int STEPS = 1 << 20;

        final Slots slots = new Slots(SLOTS);
        private final Dice dice;

        Member(Dice dice) {
            this.dice = dice;
        }

        @Override
        public void batch(int operations) {
            for (int i = 0; i < operations; i++) {
                int slot = dice.below(SLOTS);
                long bytes = size();
                slots.replace(slot, bytes);
                Blocks.fill(slots.address(slot), bytes, (byte) i);
            }
        }

        /** The inverse of the distribution function: its reciprocal is spread evenly. */
        private long size() {
            double chance = (double) dice.below(STEPS) / STEPS;
            return (long) (1 / (1 / LEAST_BYTES - chance * (1 / LEAST_BYTES - 1 / MOST_BYTES)));
        }
    }
}
