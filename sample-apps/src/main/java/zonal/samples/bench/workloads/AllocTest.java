package zonal.samples.bench.workloads;

/**
 * alloc-test: 2^18 slots shared out among the threads, half of them full; a slot is drawn, some far oftener than others; if it is full its
 * block is read and freed, if not one is taken and written. Sizes up to 1 KiB, each doubling half as likely. One operation: one slot.
 */
final class AllocTest implements Workload {
    private static final int SLOTS = 1 << 18;
    private static final int LEAST_POWER = 3;
    private static final int POWERS = 8;

    private final Share[] shares = new Share[Team.THREADS];

    AllocTest() {
        for (int i = 0; i < shares.length; i++) {
            shares[i] = new Share(SLOTS / shares.length, new Dice(i));
        }
    }

    @Override
    public long run(long operations) throws InterruptedException {
        long each = Math.ceilDiv(operations, shares.length);
        Team.run(shares.length, member -> shares[member].run(each));
        return each * shares.length;
    }

    @Override
    public void close() {
        for (Share share : shares) {
            share.slots.clear();
        }
    }

    private static final class Share implements Workload.OneThread {
        final Slots slots;
        private final Dice dice;
        private long sum;

        Share(int count, Dice dice) {
            this.dice = dice;
            slots = new Slots(count);
            for (int slot = 0; slot < count; slot += 2) {
                take(slot);
            }
        }

        @Override
        public void batch(int operations) {
            for (int i = 0; i < operations; i++) {
                int slot = dice.skewedBelow(slots.count());
                if (slots.isEmpty(slot)) {
                    take(slot);
                } else {
                    sum += Blocks.read(slots.address(slot), slots.bytes(slot));
                    slots.give(slot);
                }
            }
        }

        private void take(int slot) {
            long bytes = size();
            slots.take(slot, bytes);
            Blocks.fill(slots.address(slot), bytes, (byte) sum);
        }

        private int size() {
            int power =
                    LEAST_POWER + Math.min(POWERS - 1, Integer.numberOfTrailingZeros(dice.below(1 << 30) | 1 << 30));
            return dice.between((1 << power) / 2 + 1, 1 << power);
        }
    }
}
