package zonal.agent.cli;

import java.util.ArrayList;
import java.util.List;

/** Text in columns. A heading that starts with {@code <} is flush left, and so is what is below it; the others are flush right. */
final class Table {
    private static final String LEFT = "<";
    private static final String GAP = "  ";

    private final List<List<String>> rows = new ArrayList<>();
    private final boolean[] left;

    Table(String... headings) {
        left = new boolean[headings.length];
        List<String> row = new ArrayList<>();
        for (int i = 0; i < headings.length; i++) {
            left[i] = headings[i].startsWith(LEFT);
            row.add(left[i] ? headings[i].substring(LEFT.length()) : headings[i]);
        }
        rows.add(row);
    }

    Table row(String... cells) {
        rows.add(List.of(cells));
        return this;
    }

    /** Writes it, the heading as one. */
    void print(Output out) throws Output.Broken {
        List<String> lines = lines();
        out.line(lines.getFirst(), "");
        for (String line : lines.subList(1, lines.size())) {
            out.line(line);
        }
    }

    /** Its lines, the heading first. */
    List<String> lines() {
        int[] widths = new int[left.length];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        return rows.stream().map(row -> line(row, widths)).toList();
    }

    private String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String cell = row.get(i);
            String padding = " ".repeat(widths[i] - cell.length());
            line.append(i == 0 ? "" : GAP).append(left[i] ? cell + padding : padding + cell);
        }
        return line.toString().stripTrailing();
    }
}
