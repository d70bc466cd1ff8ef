package zonal.samples.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import javax.management.JMException;
import zonal.samples.jvm.Jcmd;
import zonal.samples.jvm.ShownBlocks;
import zonal.samples.jvm.ShownBlocks.Block;
import zonal.samples.jvm.ZonalConsole;
import zonal.samples.jvm.ZoneCount;
import zonal.samples.report.Amounts;
import zonal.samples.report.Table;

/** A look into a server under the agent from outside: over JMX, and with {@code jcmd}. */
final class Inspection {

    private static final int LINES = 3;
    private static final Pattern ZONE = Pattern.compile("[A-Z]+ : ");

    private final PrintStream out;
    private final long pid;

    Inspection(PrintStream out, long pid) {
        this.out = out;
        this.pid = pid;
    }

    /** Prints the zones and the ends of {@code show_alloc_mem} as a JMX client sees them, and answers the zones. */
    List<ZoneCount> overJmx() throws IOException, JMException {
        try (ZonalConsole console = ZonalConsole.connect(pid)) {
            List<ZoneCount> zones = console.zones();
            out.println("\n  zonal:type=Allocator, as a JMX client sees it\n");
            printZones(zones);
            String text = console.showAllocMem();
            ShownBlocks.parse(text);
            printEnds(text);
            return zones;
        }
    }

    /** Makes a dump, says where it is, and checks that it lists every entry of the cache with its exact size. */
    void withJcmd(Path agent, Path file, ExpectedBlocks expected) throws IOException, InterruptedException {
        Files.deleteIfExists(file);
        out.println("\n  " + String.join(" ", Jcmd.dumpCommand(pid, agent, file)));
        Jcmd.dump(pid, agent, file);
        List<Block> shown = ShownBlocks.parse(Files.readString(file));
        int found = expected.found(shown);
        out.printf(
                "  the dump is in %s%n  it lists %s blocks, among them %s of the cache's %s with their exact sizes%n",
                file, Amounts.count(shown.size()), Amounts.count(found), Amounts.count(expected.count()));
        if (found != expected.count()) {
            throw new IOException("the dump misses " + (expected.count() - found) + " blocks of the cache");
        }
    }

    private void printZones(List<ZoneCount> zones) {
        Table table = new Table("zone", "pages", "live blocks", "live", "free", "resident");
        for (ZoneCount zone : zones) {
            table.row(
                    zone.name(),
                    Amounts.count(zone.pages()),
                    Amounts.count(zone.liveBlocks()),
                    Amounts.mebibytes(zone.liveBytes()),
                    Amounts.mebibytes(zone.freeBytes()),
                    Amounts.mebibytes(zone.residentBytes()));
        }
        out.println(table.toString().indent(2));
    }

    /** Of each zone the first lines and the last ones. */
    private void printEnds(String text) {
        List<String> lines = text.lines().toList();
        out.println("  show_alloc_mem, " + Amounts.count(lines.size()) + " lines");
        int begin = 0;
        for (int i = 1; i <= lines.size(); i++) {
            if (i == lines.size() || ZONE.matcher(lines.get(i)).lookingAt()) {
                printEnds(lines.subList(begin, i));
                begin = i;
            }
        }
    }

    private void printEnds(List<String> zone) {
        for (int i = 0; i < zone.size(); i++) {
            if (i < LINES || i >= zone.size() - LINES) {
                out.println("    " + zone.get(i));
            } else if (i == LINES) {
                out.println("    ...");
            }
        }
    }
}
