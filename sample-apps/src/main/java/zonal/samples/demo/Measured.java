package zonal.samples.demo;

import java.util.List;
import zonal.samples.jvm.ProcessMemory;
import zonal.samples.jvm.ZoneCount;
import zonal.samples.report.Amounts;
import zonal.samples.report.Table;

/**
 * What one run of the demo took. Times in nanoseconds.
 *
 * @param load from the start of the server's JVM until it served
 * @param read to read every entry once
 * @param change to change and read entries at the same time
 * @param reread to read every entry once more
 * @param processor processor time of the server, all threads, start included
 * @param memory the server's, right after the last request
 * @param rested the same after some seconds without a request, and before anybody looked into it
 * @param zones what the console said then; empty for a stock run
 */
record Measured(
        long load,
        long read,
        long change,
        long reread,
        long processor,
        ProcessMemory memory,
        ProcessMemory rested,
        List<ZoneCount> zones) {

    Measured {
        zones = List.copyOf(zones);
    }

    /** Both runs side by side. */
    static String table(Measured stock, Measured agent) {
        Table table = new Table("", "stock", "agent")
                .row("start and load", Amounts.seconds(stock.load), Amounts.seconds(agent.load))
                .row("read all", Amounts.seconds(stock.read), Amounts.seconds(agent.read))
                .row("change and read", Amounts.seconds(stock.change), Amounts.seconds(agent.change))
                .row("read all again", Amounts.seconds(stock.reread), Amounts.seconds(agent.reread))
                .row("processor time of the server", Amounts.seconds(stock.processor), Amounts.seconds(agent.processor))
                .row("resident memory (VmRSS)", resident(stock), resident(agent))
                .row("  of it not of files (RssAnon)", anonymous(stock), anonymous(agent))
                .row("resident after a rest", rested(stock), rested(agent))
                .row("highest resident memory (VmHWM)", peak(stock), peak(agent));
        for (ZoneCount zone : agent.zones) {
            table.row("blocks in " + zone.name(), "-", Amounts.count(zone.liveBlocks()));
        }
        return table.toString();
    }

    private static String resident(Measured run) {
        return Amounts.mebibytes(run.memory.resident());
    }

    private static String rested(Measured run) {
        return Amounts.mebibytes(run.rested.resident());
    }

    private static String anonymous(Measured run) {
        return Amounts.mebibytes(run.memory.anonymous());
    }

    private static String peak(Measured run) {
        return Amounts.mebibytes(run.rested.peak());
    }
}
