package zonal.samples.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import zonal.samples.report.Table;

/** Results as text: of one workload for the terminal, of all in Markdown, aligned so that it reads well there, too. */
final class BenchReport {
    private final Results results;
    private final Settings settings;
    private final List<String> allocators;

    BenchReport(Results results, Settings settings) {
        this.results = results;
        this.settings = settings;
        allocators = settings.contenders().stream().map(Contender::name).toList();
    }

    /** Everything that is known of one workload, a line for each allocator. */
    String details(String workload) {
        Table table = new Table(
                workload,
                "median",
                "least",
                "most",
                "cpu",
                "faults/1000",
                "peak MiB",
                "process MiB",
                "after MiB",
                "mappings",
                "to best peer");
        for (String allocator : allocators) {
            Optional<Results.Spread> time = results.spread(workload, allocator, Measurement::nanosPerOperation);
            table.row(
                    allocator,
                    cell(workload, allocator, Measurement::nanosPerOperation, BenchReport::time),
                    time.map(spread -> time(spread.least())).orElse(""),
                    time.map(spread -> time(spread.most())).orElse(""),
                    cell(workload, allocator, Measurement::cpuNanosPerOperation, BenchReport::time),
                    cell(workload, allocator, Measurement::faultsPerThousand, BenchReport::decimal),
                    cell(workload, allocator, Measurement::peakMiB, BenchReport::decimal),
                    cell(workload, allocator, Measurement::processMiB, BenchReport::whole),
                    cell(workload, allocator, Measurement::afterMiB, BenchReport::decimal),
                    cell(workload, allocator, Measurement::mappings, BenchReport::whole),
                    allocator.equals(Worker.ZONAL) ? ratio(results.timeRatio(workload)) : "");
        }
        return table + "repeat: " + settings.commandFor(workload) + "\n";
    }

    /** All workloads: the times in one table, the memory in another. */
    String summary() {
        return """
                Time of an operation, of each allocator: median of %d JVMs. Ratio: best peer's median / Zonal's (least - most).%s

                %s
                Memory: page faults for 1000 operations / peak MiB / the whole process's / MiB left when all is freed / mappings.
                Peak and what is left are above what the JVM, with its agent where it has one, held before the workload.
                Ratio: lowest peak of a peer / Zonal's, where it says something.

                %s""".formatted(settings.repeats(), doubt(), times(), memory());
    }

    private String doubt() {
        return settings.scale() < 1 ? " Scale " + settings.scale() + ": too short to be believed." : "";
    }

    private String times() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(header("ratio to best peer", "repeat it alone"));
        for (String workload : results.workloads()) {
            List<String> row = new ArrayList<>(List.of(workload));
            for (String allocator : allocators) {
                row.add(cell(workload, allocator, Measurement::nanosPerOperation, BenchReport::time));
            }
            row.add(ratio(results.timeRatio(workload)));
            row.add("`" + settings.commandFor(workload) + "`");
            rows.add(row);
        }
        return markdown(rows);
    }

    private String memory() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(header("peak ratio"));
        for (String workload : results.workloads()) {
            List<String> row = new ArrayList<>(List.of(workload));
            for (String allocator : allocators) {
                row.add(cell(workload, allocator, Measurement::faultsPerThousand, BenchReport::decimal) + " / "
                        + cell(workload, allocator, Measurement::peakMiB, BenchReport::whole) + " / "
                        + cell(workload, allocator, Measurement::processMiB, BenchReport::whole) + " / "
                        + cell(workload, allocator, Measurement::afterMiB, BenchReport::whole) + " / "
                        + cell(workload, allocator, Measurement::mappings, BenchReport::whole));
            }
            row.add(ratio(results.peakRatio(workload)));
            rows.add(row);
        }
        return markdown(rows);
    }

    private List<String> header(String... last) {
        List<String> header = new ArrayList<>(List.of("workload"));
        header.addAll(allocators);
        header.addAll(List.of(last));
        return header;
    }

    private String cell(String workload, String allocator, ToDoubleFunction<Measurement> figure, DoubleText text) {
        if (results.hasFailed(workload, allocator)) {
            return "FAILED";
        }
        return results.spread(workload, allocator, figure)
                .map(spread -> text.of(spread.median()))
                .orElse("missing");
    }

    private static String ratio(Optional<Results.Ratio> found) {
        return found.map(ratio -> "%s (%s - %s) %s"
                        .formatted(times(ratio.median()), times(ratio.least()), times(ratio.most()), ratio.bestPeer()))
                .orElse("");
    }

    /** A ratio: 1.23x, 45.6x, 789x. */
    static String times(double ratio) {
        String format = ratio < 10 ? "%.2fx" : ratio < 100 ? "%.1fx" : "%.0fx";
        return String.format(Locale.ROOT, format, ratio);
    }

    private interface DoubleText {
        String of(double value);
    }

    private static String time(double nanos) {
        if (nanos < 10_000) {
            return String.format(Locale.ROOT, nanos < 100 ? "%.2f ns" : "%.0f ns", nanos);
        }
        return nanos < 1e7
                ? String.format(Locale.ROOT, "%.1f us", nanos / 1e3)
                : String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
    }

    private static String decimal(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private static String whole(double value) {
        return String.format(Locale.ROOT, "%.0f", value);
    }

    /** The first row is the heading; columns are as wide as their widest cell, for those who read it as it is. */
    private static String markdown(List<List<String>> rows) {
        int[] widths = new int[rows.getFirst().size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder();
        append(text, rows.getFirst(), widths, " ");
        append(text, Collections.nCopies(widths.length, "---"), widths, "-");
        for (List<String> row : rows.subList(1, rows.size())) {
            append(text, row, widths, " ");
        }
        return text.toString();
    }

    private static void append(StringBuilder text, List<String> row, int[] widths, String padding) {
        for (int i = 0; i < widths.length; i++) {
            String cell = row.get(i);
            text.append("| ")
                    .append(cell)
                    .append(padding.repeat(widths[i] - cell.length()))
                    .append(' ');
        }
        text.append("|\n");
    }
}
