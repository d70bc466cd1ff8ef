package zonal.allocator;

import zonal.allocator.FaultySystem.Call;

/** Uses the allocator, {@code main(what)}, on a system that refuses calls. */
final class RefusalRun {

    static final int[] SIZES = {100, 30_000, 200_000};

    private RefusalRun() {}

    public static void main(String[] args) {
        FaultySystem.install();
        ChildJvm.configure();
        switch (args[0]) {
            case "start" -> start(Call.of(args[1]));
            case "commit-limit" -> commitLimit(Long.parseLong(args[1]) << 20);
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    /** Says what became of a start without any call of a kind. */
    private static void start(Call refused) {
        FaultySystem.refuse(refused);
        try {
            Allocator.start();
            System.out.println("started=1");
        } catch (UnsupportedOperationException e) {
            System.out.println("started=0");
            System.out.println(e.getMessage());
        }
    }

    /** Takes all memory that there is, in blocks of each size, frees it, and takes as much again. */
    private static void commitLimit(long bytes) {
        Allocator.start();
        for (int size : SIZES) {
            FaultySystem.refuseCommitsBeyond(FaultySystem.committed() + bytes);
            long first = exhaust(size);
            HeapCheck.quiet();
            long second = exhaust(size);
            HeapCheck.quiet();
            if (second < first - first / 8) {
                throw new AssertionError(size + " bytes: " + first + " blocks, and then " + second);
            }
            System.out.println("blocks-" + size + "=" + first);
            System.out.println("refused-" + size + "=" + FaultySystem.refused());
        }
    }

    /** Takes blocks until there are no more, and frees them all. Answers how many there were. */
    private static long exhaust(int bytes) {
        long count = 0;
        long last = 0;
        long block;
        while ((block = Allocator.tryMalloc(bytes)) != 0) {
            Memory.putLong(block, last);
            last = block;
            count++;
        }
        try {
            Allocator.malloc(bytes);
            throw new AssertionError("a block more than there are");
        } catch (OutOfMemoryError e) {
            // as it must be
        }
        while (last != 0) {
            long next = Memory.getLong(last);
            Allocator.free(last);
            last = next;
        }
        return count;
    }
}
