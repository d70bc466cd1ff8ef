package zonal.samples.pause;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import javax.management.JMException;
import javax.management.ObjectName;
import sun.misc.Unsafe;
import zonal.samples.TheUnsafe;
import zonal.samples.report.Amounts;
import zonal.samples.report.Table;

/**
 * A million live blocks, a thread that takes and frees blocks without a rest, and dumps to a file meanwhile: how long a dump takes, and how long
 * that thread was ever kept from its next call, with dumps and without. What the thread waited for a processor, which on a busy machine is
 * most of it, is told apart: the last column is the longest pause without that. To be run under the agent; the argument is another number of blocks.
 */
@SuppressWarnings("removal") // that is what Unsafe's memory methods are marked for, and what applications use
public final class DumpPause {

    private static final int ROUNDS = 5;
    private static final int QUIET_MILLIS = 1_000;

    /** Less than a thread loses when another one takes its processor. */
    private static final long LEAST_EXAMINED_NANOS = 20_000;

    private static final Unsafe UNSAFE = TheUnsafe.get();

    /** What the allocating thread has met since it was last asked. */
    private static final class Pauses {
        long longest;
        long longestOnProcessor;
        long calls;
    }

    private static volatile Pauses pauses = new Pauses();
    private static volatile boolean stopped;

    private DumpPause() {}

    public static void main(String[] args) throws IOException, InterruptedException, JMException {
        int count = args.length == 0 ? 1_000_000 : Integer.parseInt(args[0]);
        SplittableRandom random = new SplittableRandom(1);
        long[] blocks = new long[count];
        for (int i = 0; i < count; i++) {
            blocks[i] = UNSAFE.allocateMemory(size(random));
        }
        ManagementFactory.getPlatformMBeanServer(); // to make it is not part of a dump
        Thread thread = Thread.ofPlatform().daemon().start(DumpPause::allocate);
        Thread.sleep(QUIET_MILLIS);
        Table table = new Table("", "took", "file", "calls meanwhile", "longest pause", "not for a processor");
        for (int round = 0; round < ROUNDS; round++) {
            pauses = new Pauses();
            Thread.sleep(QUIET_MILLIS);
            row(table, "quiet", QUIET_MILLIS * 1_000_000L, 0);
            pauses = new Pauses();
            long start = System.nanoTime();
            Path file = dump(round);
            row(table, "dump " + (round + 1), System.nanoTime() - start, Files.size(file));
            Files.delete(file);
        }
        stopped = true;
        thread.join();
        System.out.println(Amounts.count(count) + " live blocks\n\n" + table);
        for (long block : blocks) {
            UNSAFE.freeMemory(block);
        }
    }

    private static void row(Table table, String what, long nanos, long bytes) {
        Pauses met = pauses;
        table.row(
                what,
                millis(nanos),
                bytes == 0 ? "-" : Amounts.mebibytes(bytes),
                Amounts.count(met.calls),
                millis(met.longest),
                millis(met.longestOnProcessor));
    }

    private static String millis(long nanos) {
        return String.format(Locale.ROOT, "%,.2f ms", nanos / 1e6);
    }

    private static Path dump(int round) throws IOException, JMException {
        Path file = Path.of("dump-pause-" + ProcessHandle.current().pid() + "-" + round + ".txt")
                .toAbsolutePath();
        ManagementFactory.getPlatformMBeanServer()
                .invoke(new ObjectName("zonal:type=Allocator"), "dump", new Object[] {file.toString()}, new String[] {
                    String.class.getName()
                });
        return file;
    }

    /** Takes and frees blocks, and notes the longest time from one call's end to the next one's. */
    private static void allocate() {
        SplittableRandom random = new SplittableRandom(2);
        long[] slots = new long[10_000];
        try (WaitForProcessor waiting = new WaitForProcessor()) {
            long waited = waiting.nanos();
            long last = System.nanoTime();
            while (!stopped) {
                int slot = random.nextInt(slots.length);
                UNSAFE.freeMemory(slots[slot]);
                slots[slot] = UNSAFE.allocateMemory(size(random));
                long pause = System.nanoTime() - last;
                Pauses met = pauses;
                met.calls++;
                met.longest = Math.max(met.longest, pause);
                if (pause > LEAST_EXAMINED_NANOS) {
                    long now = waiting.nanos();
                    met.longestOnProcessor = Math.max(met.longestOnProcessor, pause - (now - waited));
                    waited = now;
                }
                last = System.nanoTime();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Arrays.stream(slots).forEach(UNSAFE::freeMemory);
    }

    /** Mostly TINY and SMALL, some LARGE. */
    private static long size(SplittableRandom random) {
        return random.nextInt(64) == 0 ? random.nextLong(1_025, 8_192) : random.nextLong(1, 513);
    }
}
