package zonal.agent.cli;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import zonal.agent.AllocatorMXBean;
import zonal.agent.SiteGrowth;
import zonal.agent.SiteUsage;

/** Who took what is live. */
final class SitesCommand {
    static final int DEFAULT_SITES = 20;
    static final int DEFAULT_SECONDS = 300;

    private SitesCommand() {}

    static void run(JavaProcess process, Command command, List<String> arguments, Output out)
            throws CommandFailure, IOException {
        boolean leaks = command == Command.LEAKS;
        int number = arguments.isEmpty()
                ? (leaks ? DEFAULT_SECONDS : DEFAULT_SITES)
                : CommandLine.number(arguments.getFirst(), leaks ? "seconds" : "call sites");
        try (Connection connection = Connection.open(process)) {
            if (!samples(connection.bean())) {
                throw new CommandFailure(
                        CommandFailure.FAILED, process + " samples no allocations: it was started with sample=0");
            }
            if (leaks) {
                printLeaks(connection.bean().leakSuspects(number), out);
            } else {
                printSites(connection.bean(), number, out);
            }
        }
    }

    /** Whether the process samples allocations. */
    static boolean samples(AllocatorMXBean bean) {
        return !"0".equals(bean.getOptions().get("sample"));
    }

    private static void printSites(AllocatorMXBean bean, int number, Output out) throws Output.Broken {
        List<SiteUsage> sites = bean.liveSites(number);
        long liveBytes = bean.getLiveBytes();
        out.line(Amounts.bytes(liveBytes) + " live, " + Amounts.count(bean.getLiveBlocks(), "block") + "; "
                + (sites.isEmpty() ? "none of them was sampled" : "by call site, estimated from samples:"));
        out.line("");
        for (SiteUsage site : sites) {
            out.line(Amounts.bytes(site.liveBytes()) + " live", share(site, liveBytes));
            printFrames(site.frames(), out);
        }
    }

    /** What follows its live bytes; {@code all} are those of all sites. */
    static String share(SiteUsage site, long all) {
        return String.format(
                Locale.ROOT,
                " (%.0f %% of all), %s, %s, the oldest %s",
                // Of a few blocks, one sample may stand for more than there is.
                Math.min(100, 100.0 * site.liveBytes() / Math.max(1, all)),
                Amounts.count(site.liveBlocks(), "block"),
                Amounts.count(site.samples(), "sample"),
                Amounts.age(site.oldestSeconds()));
    }

    private static void printLeaks(List<SiteGrowth> suspects, Output out) throws Output.Broken {
        if (suspects.isEmpty()) {
            out.line("no call site only grows, as far as it was sampled");
        }
        for (SiteGrowth suspect : suspects) {
            out.line(growth(suspect), since(suspect));
            printFrames(suspect.frames(), out);
        }
    }

    static String growth(SiteGrowth suspect) {
        return Amounts.bytesChange(suspect.bytesNow() - suspect.bytesThen());
    }

    /** What follows the growth. */
    static String since(SiteGrowth suspect) {
        return " in " + Amounts.age(suspect.seconds()) + ", now " + Amounts.bytes(suspect.bytesNow()) + ", "
                + Amounts.count(suspect.samplesNow(), "sample") + ", never less at " + suspect.moments() + " looks";
    }

    /** The stack, innermost first, indented, and an empty line. */
    static void printFrames(List<String> frames, Output out) throws Output.Broken {
        for (String frame : frames) {
            out.line("    " + frame);
        }
        out.line("");
    }
}
