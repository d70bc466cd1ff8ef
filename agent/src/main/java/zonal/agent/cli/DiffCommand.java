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

    private record Change(SiteUsage site, long bytes, long blocks) {}

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
            print(sitesBefore, sitesNow, out);
        }
    }

    private static void print(Moment before, Moment now, Output out) throws Output.Broken {
        Table table = new Table("<zone", "live blocks", "change", "live", "change", "resident", "change");
        for (Map.Entry<String, ZoneUsage> zone : now.zones().entrySet()) {
            row(table, zone.getKey(), before.zone(zone.getKey()), zone.getValue());
        }
        row(table, "all", before.all(), now.all());
        table.print(out);
        long nanos = now.at() - before.at();
        out.line("");
        out.line("allocations " + Amounts.rate(now.allocations() - before.allocations(), nanos) + ", frees "
                + Amounts.rate(now.frees() - before.frees(), nanos) + ", bad frees "
                + Amounts.countChange(now.badFrees() - before.badFrees()));
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

    private static void print(List<SiteUsage> before, List<SiteUsage> now, Output out) throws Output.Broken {
        Map<List<String>, Change> changes = new HashMap<>();
        for (SiteUsage site : now) {
            changes.put(site.frames(), new Change(site, site.liveBytes(), site.liveBlocks()));
        }
        for (SiteUsage site : before) {
            Change change = changes.getOrDefault(site.frames(), new Change(site, 0, 0));
            changes.put(
                    site.frames(),
                    new Change(change.site, change.bytes - site.liveBytes(), change.blocks - site.liveBlocks()));
        }
        List<Change> most = changes.values().stream()
                .filter(change -> change.bytes != 0)
                .sorted(Comparator.comparingLong((Change change) -> -Math.abs(change.bytes)))
                .limit(SITES)
                .toList();
        out.line("");
        if (most.isEmpty()) {
            out.line("no call site changed, as far as it was sampled");
        } else {
            out.line("call sites that changed most, estimated", "");
        }
        for (Change change : most) {
            out.line(Amounts.bytesChange(change.bytes) + ", " + Amounts.countChange(change.blocks) + " blocks");
            SitesCommand.printFrames(change.site.frames(), out);
        }
    }
}
