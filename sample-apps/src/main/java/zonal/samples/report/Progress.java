package zonal.samples.report;

import java.io.Console;
import java.io.PrintStream;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The progress of one phase: a bar that moves where the output is a terminal, one line at the phase's end where it isn't.
 *
 * <p>Thread-safe: any thread may {@link #step}. Redraws at most ten times a second.
 */
public final class Progress implements AutoCloseable {

    private static final int BAR = 20;
    private static final long REDRAW_NANOS = 100_000_000;

    private final PrintStream out;
    private final boolean terminal;
    private final String phase;
    private final long total;
    private final long start = System.nanoTime();
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong nextDraw = new AtomicLong(start);

    private Progress(PrintStream out, boolean terminal, String phase, long total) {
        this.out = out;
        this.terminal = terminal;
        this.phase = phase;
        this.total = total;
    }

    /** Begins a phase of {@code total} steps on standard output. */
    public static Progress begin(String phase, long total) {
        return new Progress(System.out, isTerminal(), phase, total);
    }

    /** One step is done. */
    public void step() {
        done.incrementAndGet();
        redrawIfDue();
    }

    /** So many of the steps are done, all in all. */
    public void reached(long steps) {
        done.set(steps);
        redrawIfDue();
    }

    /** Ends the phase, finished or not, and leaves one line about it. */
    @Override
    public void close() {
        out.println((terminal ? "\r" : "") + bar() + "  " + Amounts.seconds(System.nanoTime() - start));
        out.flush();
    }

    private void redrawIfDue() {
        if (!terminal) {
            return;
        }
        long now = System.nanoTime();
        long due = nextDraw.get();
        // Only the thread whose compareAndSet succeeds draws: lines are never mixed.
        if (now - due >= 0 && nextDraw.compareAndSet(due, now + REDRAW_NANOS)) {
            out.print("\r" + bar());
            out.flush();
        }
    }

    private String bar() {
        long now = Math.min(done.get(), total);
        int filled = total == 0 ? BAR : (int) (now * BAR / total);
        String drawn = terminal ? "[" + "#".repeat(filled) + "-".repeat(BAR - filled) + "] " : "";
        return "  %-33s %s%7s of %7s".formatted(phase, drawn, Amounts.count(now), Amounts.count(total));
    }

    @SuppressWarnings("SystemConsoleNull") // it is null on JDK 25 where the output is a file
    private static boolean isTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }
}
