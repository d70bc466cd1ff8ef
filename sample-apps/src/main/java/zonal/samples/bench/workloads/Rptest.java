package zonal.samples.bench.workloads;

/**
 * rpmalloc's test: each thread replaces blocks of 8 to 16,000 bytes, the bigger the fewer, in 1,000 slots, and touches every OS page of
 * them; in every second loop it sends a batch of its blocks to the next thread, which frees them. Blocks must be aligned as C's are. One operation: one block taken.
 */
@SuppressWarnings("removal")
final class Rptest implements Workload {
    private static final int SLOTS = 1_000;
    private static final int LEAST_BYTES = 8;
    private static final int MOST_BYTES = 16_000;
    private static final int OS_PAGE = 4_096;
    /** Blocks replaced in a loop, and blocks sent in every second one. */
    private static final int LOOP = 250;

    private static final int SENT = 100;
    private static final int ALIGNMENT = 16;

    private final Member[] members = new Member[Team.THREADS];
    private final Mailbox[] mailboxes = new Mailbox[Team.THREADS];

    Rptest() {
        for (int i = 0; i < members.length; i++) {
            members[i] = new Member(new Dice(i));
            mailboxes[i] = new Mailbox();
        }
    }

    @Override
    public long run(long operations) throws InterruptedException {
        long loops = Math.ceilDiv(operations, (long) members.length * LOOP);
        Team.run(members.length, i -> {
            for (long loop = 0; loop < loops; loop++) {
                members[i].loop();
                mailboxes[i].empty();
                if (loop % 2 == 1) {
                    mailboxes[(i + 1) % mailboxes.length].receive(
                            members[i].slots, members[i].dice.below(SLOTS - SENT));
                }
            }
        });
        return loops * members.length * LOOP;
    }

    @Override
    public void close() {
        for (int i = 0; i < members.length; i++) {
            members[i].slots.clear();
            mailboxes[i].empty();
        }
    }

    private static final class Member {
        final Slots slots = new Slots(SLOTS);
        final Dice dice;

        Member(Dice dice) {
            this.dice = dice;
        }

        void loop() {
            for (int i = 0; i < LOOP; i++) {
                int slot = dice.below(SLOTS);
                int bytes = size();
                slots.replace(slot, bytes);
                touch(slots.address(slot), bytes);
            }
        }

        /** The smaller of two that are spread evenly: falls off linearly. */
        private int size() {
            int one = dice.between(LEAST_BYTES, MOST_BYTES);
            int other = dice.between(LEAST_BYTES, MOST_BYTES);
            return Math.min(one, other);
        }

        private static void touch(long address, long bytes) {
            if (bytes >= ALIGNMENT && (address & (ALIGNMENT - 1)) != 0) {
                throw new IllegalStateException("0x%x is not aligned to %d bytes".formatted(address, ALIGNMENT));
            }
            for (long at = OS_PAGE; at < bytes - Long.BYTES; at += OS_PAGE) {
                Blocks.UNSAFE.putByte(address + at, (byte) 1);
            }
        }
    }

    /** Blocks that another thread sent. */
    private static final class Mailbox {
        private final Slots blocks = new Slots(SLOTS);
        private int held;

        /** The blocks of {@link #SENT} slots, as far as there is room. */
        synchronized void receive(Slots from, int first) {
            for (int slot = first; slot < first + SENT && held < blocks.count(); slot++) {
                if (!from.isEmpty(slot)) {
                    blocks.put(held++, from.address(slot), from.bytes(slot));
                    from.forget(slot);
                }
            }
        }

        synchronized void empty() {
            while (held > 0) {
                blocks.give(--held);
            }
        }
    }
}
