package zonal.agent.cli;

import java.io.IOException;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import zonal.agent.ZoneUsage;

/** The zones: a picture that is renewed on a terminal, text elsewhere. */
final class ZonesCommand {
    static final int DEFAULT_SECONDS = 2;
    private static final String COLUMNS = "%-8s  %12s  %10s  %10s  %10s  %10s  %10s  %14s  %14s";
    private static final String NOT_YET = "-";
    private static final String OFF =
            "Zonal is off: new requests go to the JVM's own allocator, and these blocks only become fewer";

    private ZonesCommand() {}

    static void run(JavaProcess process, List<String> arguments, Output out)
            throws CommandFailure, IOException, InterruptedException {
        boolean repeated = out.isTerminal() || !arguments.isEmpty();
        int seconds = arguments.isEmpty() ? DEFAULT_SECONDS : CommandLine.number(arguments.get(0), "seconds");
        int count = !repeated
                ? 1
                : arguments.size() > 1 ? CommandLine.number(arguments.get(1), "times") : Integer.MAX_VALUE;
        try (Connection connection = Connection.open(process)) {
            if (out.isTerminal()) {
                live(process, connection, seconds, count, out);
            } else if (repeated) {
                lines(connection, seconds, count, out);
            } else {
                print(Moment.of(connection.bean()), out);
            }
        }
    }

    private static void print(Moment moment, Output out) throws Output.Broken {
        table(moment).print(out);
        out.line("");
        out.line("allocations " + Amounts.count(moment.allocations()) + ", frees " + Amounts.count(moment.frees())
                + ", bad frees " + Amounts.count(moment.badFrees()) + ", accessible "
                + Amounts.bytes(moment.mapped()));
        if (!moment.attached()) {
            out.line(OFF);
        }
    }

    static Table table(Moment moment) {
        Table table = new Table("<zone", "pages", "live blocks", "live", "free", "resident");
        for (Map.Entry<String, ZoneUsage> zone : moment.zones().entrySet()) {
            row(table, zone.getKey(), zone.getValue());
        }
        table.row("cached", "", "", "", "", Amounts.bytes(moment.cached()));
        table.row("metadata", "", "", "", "", Amounts.bytes(moment.metadata()));
        row(table, "all", moment.all());
        return table;
    }

    private static void row(Table table, String name, ZoneUsage usage) {
        table.row(
                name,
                Amounts.count(usage.pages()),
                Amounts.count(usage.liveBlocks()),
                Amounts.bytes(usage.liveBytes()),
                Amounts.bytes(usage.freeBytes()),
                Amounts.bytes(usage.residentBytes()));
    }

    // ---- on a terminal

    private static void live(JavaProcess process, Connection connection, int seconds, int count, Output out)
            throws IOException, InterruptedException {
        Thread restore = new Thread(() -> showCursor(out), "zonal-restore-terminal");
        Runtime.getRuntime().addShutdownHook(restore);
        Moment before = null;
        for (int i = 0; i < count; i++) {
            if (i > 0) {
                TimeUnit.SECONDS.sleep(seconds);
            }
            Moment now = Moment.of(connection.bean());
            out.home(i == 0);
            picture(process, before, now, out);
            out.endOfPicture();
            before = now;
        }
    }

    private static void picture(JavaProcess process, @Nullable Moment before, Moment now, Output out)
            throws Output.Broken {
        out.line(process.pid() + " " + process.main() + "   Java " + process.java() + "   Zonal " + process.agent()
                + "   " + time());
        out.line("");
        table(now).print(out);
        out.line("");
        out.line(changes(before, now));
        if (!now.attached()) {
            out.line(OFF);
        }
        out.line("Ctrl-C ends");
    }

    static String changes(@Nullable Moment before, Moment now) {
        return "allocations " + rate(before, now, Moment::allocations) + "   frees " + rate(before, now, Moment::frees)
                + "   growth "
                + (before == null
                        ? NOT_YET
                        : Amounts.bytesChange(
                                now.all().liveBytes() - before.all().liveBytes()))
                + "   bad frees " + Amounts.count(now.badFrees());
    }

    private static void showCursor(Output out) {
        try {
            out.showCursor();
        } catch (Output.Broken e) {
            // then there is no terminal any more
        }
    }

    // ---- into a pipe or a file

    private static void lines(Connection connection, int seconds, int count, Output out)
            throws IOException, InterruptedException {
        if (!connection.bean().isAttached()) {
            out.line(OFF);
        }
        out.line(String.format(
                COLUMNS, "time", "live blocks", "TINY", "SMALL", "LARGE", "live", "resident", "allocations", "frees"));
        Moment before = null;
        for (int i = 0; i < count; i++) {
            if (i > 0) {
                TimeUnit.SECONDS.sleep(seconds);
            }
            Moment now = Moment.of(connection.bean());
            out.line(line(time(), before, now));
            out.flush();
            before = now;
        }
    }

    static String line(String time, @Nullable Moment before, Moment now) {
        return String.format(
                COLUMNS,
                time,
                Amounts.count(now.all().liveBlocks()),
                Amounts.bytes(now.zone("TINY").liveBytes()),
                Amounts.bytes(now.zone("SMALL").liveBytes()),
                Amounts.bytes(now.zone("LARGE").liveBytes()),
                Amounts.bytes(now.all().liveBytes()),
                Amounts.bytes(now.all().residentBytes()),
                rate(before, now, Moment::allocations),
                rate(before, now, Moment::frees));
    }

    /** How fast a count grew since the last look, if there was one. */
    static String rate(@Nullable Moment before, Moment now, ToLongFunction<Moment> count) {
        return before == null
                ? NOT_YET
                : Amounts.rate(count.applyAsLong(now) - count.applyAsLong(before), now.at() - before.at());
    }

    private static String time() {
        return LocalTime.now(ZoneId.systemDefault())
                .truncatedTo(ChronoUnit.SECONDS)
                .format(DateTimeFormatter.ISO_LOCAL_TIME);
    }
}
