package zonal.agent.cli;

import java.io.IOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import zonal.agent.SiteUsage;
import zonal.agent.ZoneUsage;

/** Two looks, and what is different in the second. */
final class DiffCommand {
    /** Call sites that are shown, and those that are read. */
    private static final int SITES = 10;

    private static final int SITES_READ = 10_000;

    /** By how much the live memory of the call sites with these frames changed. */
    record Change(List<String> frames, long bytes, long blocks) {
        static Change of(SiteUsage site, int sign) {
            return new Change(site.frames(), sign * site.liveBytes(), sign * site.liveBlocks());
        }

        Change plus(Change other) {
            return new Change(frames, bytes + other.bytes, blocks + other.blocks);
        }
    }

    private DiffCommand() {}

    static void run(JavaProcess process, List<String> arguments, Output out)
            throws CommandFailure, IOException, InterruptedException {
        int seconds = CommandLine.number(arguments.getFirst(), "seconds");
        try (Connection connection = Connection.open(process)) {
            Moment before = Moment.of(connection.bean());
            List<SiteUsage> sitesBefore = connection.bean().liveSites(SITES_READ);
            TimeUnit.SECONDS.sleep(seconds);
            Moment now = Moment.of(connection.bean());
            List<SiteUsage> sitesNow = connection.bean().liveSites(SITES_READ);
            print(before, now, out);
            out.line("");
            if (SitesCommand.samples(connection.bean())) {
                printSites(sitesBefore, sitesNow, out);
            } else {
                out.line("call sites are not known: it was started with sample=0");
            }
        }
    }

    private static void print(Moment before, Moment now, Output out) throws Output.Broken {
        table(before, now).print(out);
        out.line("");
        out.line(calls(before, now));
    }

    static Table table(Moment before, Moment now) {
        Table table = new Table("<zone", "live blocks", "change", "live", "change", "resident", "change");
        for (Map.Entry<String, ZoneUsage> zone : now.zones().entrySet()) {
            row(table, zone.getKey(), before.zone(zone.getKey()), zone.getValue());
        }
        residentRow(table, "cached", before.cached(), now.cached());
        residentRow(table, "metadata", before.metadata(), now.metadata());
        row(table, "all", before.all(), now.all());
        return table;
    }

    static String calls(Moment before, Moment now) {
        return "allocations " + ZonesCommand.rate(before, now, Moment::allocations) + ", frees "
                + ZonesCommand.rate(before, now, Moment::frees) + ", bad frees "
                + Amounts.countChange(now.badFrees() - before.badFrees());
    }

    private static void row(Table table, String name, ZoneUsage before, ZoneUsage now) {
        table.row(
                name,
                Amounts.count(now.liveBlocks()),
                Amounts.countChange(now.liveBlocks() - before.liveBlocks()),
                Amounts.bytes(now.liveBytes()),
                Amounts.bytesChange(now.liveBytes() - before.liveBytes()),
                Amounts.bytes(now.residentBytes()),
                Amounts.bytesChange(now.residentBytes() - before.residentBytes()));
    }

    private static void residentRow(Table table, String name, long before, long now) {
        table.row(name, "", "", "", "", Amounts.bytes(now), Amounts.bytesChange(now - before));
    }

    /**
     * The greatest changes, the greatest first. Sites that read the same are added up: a class that two loaders have loaded is two sites, which JMX does
     * not tell apart.
     */
    static List<Change> changes(List<SiteUsage> before, List<SiteUsage> now) {
        Map<List<String>, Change> changes = new HashMap<>();
        for (SiteUsage site : now) {
            changes.merge(site.frames(), Change.of(site, 1), Change::plus);
        }
        for (SiteUsage site : before) {
            changes.merge(site.frames(), Change.of(site, -1), Change::plus);
        }
        return changes.values().stream()
                .filter(change -> change.bytes != 0)
                .sorted(Comparator.comparingLong((Change change) -> -Math.abs(change.bytes)))
                .limit(SITES)
                .toList();
    }

    private static void printSites(List<SiteUsage> before, List<SiteUsage> now, Output out) throws Output.Broken {
        List<Change> most = changes(before, now);
        if (most.isEmpty()) {
            out.line("no call site changed, as far as it was sampled");
        } else {
            out.line("call sites that changed most, estimated", "");
        }
        for (Change change : most) {
            out.line(Amounts.bytesChange(change.bytes) + ", " + Amounts.countChange(change.blocks, "block"));
            SitesCommand.printFrames(change.frames, out);
        }
    }
}
