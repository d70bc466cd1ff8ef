package zonal.samples.bench.workloads;

/**
 * Larson and Krishnan's server: each lane of work has 5,000 blocks of 8 to 999 bytes; a thread frees a random one and takes another, and
 * after 50,000 of these ends, and a new thread takes its lane over, blocks and all. So one free in ten is of
 * another thread's block (in the original, whose threads live ten times as long, one in a hundred). One operation: one block.
 */
final class Larson implements Workload {
    private static final int SLOTS = 5_000;
    private static final int LEAST_BYTES = 8;
    private static final int MOST_BYTES = 999;
    private static final int LIFE = 50_000;

    private final Lane[] lanes = new Lane[Team.THREADS];

    Larson() {
        for (int i = 0; i < lanes.length; i++) {
            lanes[i] = new Lane(i);
        }
        // As if they had worked for each other: no lane's blocks lie side by side.
        Dice dice = new Dice(3);
        for (int i = 0; i < SLOTS * lanes.length; i++) {
            Slots one = lanes[dice.below(lanes.length)].slots;
            Slots other = lanes[dice.below(lanes.length)].slots;
            one.swap(dice.below(SLOTS), other, dice.below(SLOTS));
        }
    }

    @Override
    public long run(long operations) throws InterruptedException {
        long each = Math.ceilDiv(operations, lanes.length);
        // Each lane goes from thread to thread by itself: none waits for the others.
        Team.run(lanes.length, member -> {
            for (long left = each; left > 0; left -= LIFE) {
                int life = (int) Math.min(LIFE, left);
                Team.run(1, ignored -> lanes[member].run(life));
            }
        });
        return each * lanes.length;
    }

    @Override
    public void close() {
        for (Lane lane : lanes) {
            lane.slots.clear();
        }
    }

    private static final class Lane implements Workload.OneThread {
        final Slots slots = new Slots(SLOTS);
        private final Dice dice;

        Lane(int number) {
            dice = new Dice(number);
            for (int slot = 0; slot < SLOTS; slot++) {
                slots.take(slot, dice.between(LEAST_BYTES, MOST_BYTES));
            }
        }

        @Override
        public void batch(int operations) {
            for (int i = 0; i < operations; i++) {
                slots.replace(dice.below(SLOTS), dice.between(LEAST_BYTES, MOST_BYTES));
            }
        }
    }
}
