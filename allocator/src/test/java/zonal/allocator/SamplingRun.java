package zonal.allocator;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Compares what the sample estimates with what was taken: {@code main(blocks, how)}, in a JVM with options. */
final class SamplingRun {

    private final Random random = new Random(7);
    private final List<Long> live = new ArrayList<>();
    private double bytes;

    private SamplingRun() {}

    public static void main(String[] args) throws InterruptedException {
        ChildJvm.configure();
        Allocator.start();
        SamplingRun run = new SamplingRun();
        int blocks = Integer.parseInt(args[0]);
        if (args[1].equals("shrunk-and-grown")) {
            run.shrinkAndGrow(blocks);
        } else if (args[1].equals("long-interval")) {
            takeAndFree(blocks);
        } else if (args[1].equals("too-long")) {
            run.growTooMuch(blocks);
        } else {
            run.takeInThreads(blocks);
        }
        SiteSums.Sum live = run.estimate();
        System.out.println("bytes=" + Math.round(run.bytes));
        System.out.println("estimate=" + Math.round(live.bytes));
        System.out.println("error=" + Math.round(Math.sqrt(live.variance)));
        System.out.println("samples=" + live.samples);
        System.out.println("blocks=" + run.live.size());
        System.out.println("estimatedBlocks=" + Math.round(live.blocks));
        System.out.println("takenBytes="
                + Sampler.sites().stream().mapToLong(LiveSite::takenBytes).sum());
        for (long block : run.live) {
            Allocator.free(block);
        }
        System.out.println("samplesAtLast=" + run.estimate().samples);
        HeapCheck.structure();
    }

    /** Takes and frees blocks of one class, one by one. */
    private static void takeAndFree(int blocks) {
        long before = Statistics.read().allocationCount();
        for (int i = 0; i < blocks; i++) {
            Allocator.free(Allocator.malloc(16));
        }
        System.out.println("taken=" + (Statistics.read().allocationCount() - before));
    }

    /** Runs that become shorter and longer again in place, many times. */
    private void shrinkAndGrow(int blocks) {
        takeRuns(blocks);
        for (int round = 0; round < 5; round++) {
            live.replaceAll(block -> Allocator.realloc(Allocator.realloc(block, 36 << 10), 64 << 10));
        }
    }

    /** Blocks that are to become longer than there is memory: they stay as they were. */
    private void growTooMuch(int blocks) {
        takeRuns(blocks);
        for (long block : live) {
            if (Allocator.tryRealloc(block, Long.MAX_VALUE >> 1) != Realloc.NO_MEMORY) {
                throw new AssertionError("so much memory");
            }
        }
    }

    private void takeRuns(int blocks) {
        for (int i = 0; i < blocks; i++) {
            keep(Allocator.malloc(64 << 10), 64 << 10);
        }
    }

    private void takeInThreads(int blocks) throws InterruptedException {
        Thread[] threads = new Thread[3];
        for (int i = 0; i < threads.length; i++) {
            threads[i] = Thread.ofPlatform().start(() -> take(blocks / threads.length));
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    /** Takes blocks of all kinds, resizes some, to more and to less, in place and not, and frees half. */
    private void take(int blocks) {
        for (int i = 0; i < blocks; i++) {
            long size = size();
            long block = Allocator.malloc(size);
            int fate = next(8);
            if (fate < 4) {
                Allocator.free(block);
            } else {
                if (fate < 6) {
                    size = fate == 4 ? size * 2 + next(100) : size / 2 + 1;
                    block = Allocator.realloc(block, size);
                }
                keep(block, size);
            }
        }
    }

    private synchronized void keep(long block, long size) {
        live.add(block);
        bytes += size;
    }

    private synchronized int next(int bound) {
        return random.nextInt(bound);
    }

    /** From 1 byte to 256 KiB, each doubling a little rarer than the one before. */
    private synchronized long size() {
        int doublings = 0;
        while (doublings < 17 && random.nextInt(10) < 7) {
            doublings++;
        }
        return 1L + random.nextInt(2 << doublings);
    }

    private SiteSums.Sum estimate() {
        SiteSums.Sum sum = new SiteSums.Sum();
        for (SiteSums.Sum each : Sampler.sums().byFrames().values()) {
            sum.bytes += each.bytes;
            sum.blocks += each.blocks;
            sum.variance += each.variance;
            sum.samples += each.samples;
        }
        return sum;
    }
}
