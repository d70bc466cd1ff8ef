package zonal.samples.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Ratios as a picture (SVG): a row for each workload, on a log scale whose middle is the best peer (1x). A bar to the right is Zonal, so
 * much better; to the left, worse; dots are the other peers. On a ground of its own, so that it can be read on a dark page, too.
 */
final class Chart {
    /** Bars and dots beyond these are cut off; their number says how long they would be. */
    private static final double LEAST = 0.1;

    private static final double MOST = 20;
    private static final double[] GRID = {0.1, 0.2, 0.5, 1, 1.5, 2, 3, 5, 10, 20};

    private static final int WIDTH = 960;
    private static final int LEFT = 150;
    private static final int RIGHT = WIDTH - 80;
    private static final int TOP = 110;
    private static final int ROW = 20;
    private static final int BAR = 12;
    private static final int BELOW = 46;

    private static final String GROUND = "#ffffff";
    private static final String INK = "#1f2328";
    private static final String FAINT = "#d8dee4";
    private static final String SOFT = "#59636e";
    private static final String BETTER = "#2f7d4f";
    private static final String WORSE = "#c8372d";
    private static final Map<String, String> PEERS =
            Map.of("glibc", "#6e7781", "jemalloc", "#b35900", "mimalloc", "#0a62c9", "tcmalloc", "#8a3ffc");

    /**
     * One workload.
     *
     * @param ratio the best peer's figure divided by Zonal's: above 1 is better
     * @param least of the ratio, as far as the measurements spread
     * @param most of the ratio
     * @param peers the best peer's figure divided by each peer's
     */
    record Bar(String workload, double ratio, double least, double most, Map<String, Double> peers) {}

    private final StringBuilder svg = new StringBuilder();

    private Chart() {}

    /** The picture's text. */
    static String of(String title, String subtitle, String command, List<Bar> bars) {
        Chart chart = new Chart();
        int bottom = TOP + bars.size() * ROW;
        chart.open(bottom + BELOW);
        chart.text(20, 30, "start", INK, "font-size=\"18\" font-weight=\"600\"", title);
        chart.text(20, 50, "start", SOFT, "", subtitle);
        chart.text(20, 68, "start", SOFT, "font-family=\"ui-monospace,monospace\"", command);
        chart.legend();
        chart.grid(bottom);
        for (int i = 0; i < bars.size(); i++) {
            chart.bar(bars.get(i), TOP + i * ROW + ROW / 2);
        }
        chart.axis(bottom);
        return chart.svg.append("</svg>\n").toString();
    }

    private void open(int height) {
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
                        + " font-family=\"system-ui,sans-serif\" font-size=\"12\">",
                WIDTH, height, WIDTH, height);
        add(
                "<rect x=\"0.5\" y=\"0.5\" width=\"%d\" height=\"%d\" rx=\"8\" fill=\"%s\" stroke=\"%s\"/>",
                WIDTH - 1, height - 1, GROUND, FAINT);
    }

    private void legend() {
        int x = LEFT;
        int y = TOP - 18;
        add("<rect x=\"%d\" y=\"%d\" width=\"14\" height=\"%d\" fill=\"%s\"/>", x, y - BAR / 2, BAR, WORSE);
        add("<rect x=\"%d\" y=\"%d\" width=\"14\" height=\"%d\" fill=\"%s\"/>", x + 14, y - BAR / 2, BAR, BETTER);
        text(x + 34, y + 4, "start", INK, "", "Zonal");
        x += 90;
        for (String peer : Contender.peers()) {
            dot(x, y, peer);
            text(x + 9, y + 4, "start", INK, "", peer);
            x += 90;
        }
        text(RIGHT, y + 4, "end", SOFT, "", "thin lines: spread of the repeats");
    }

    private void grid(int bottom) {
        for (double at : GRID) {
            double x = x(at);
            boolean even = at == 1;
            add(
                    "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"%s\" stroke-width=\"%s\"/>",
                    x, TOP, x, bottom, even ? INK : FAINT, even ? "1.5" : "1");
            text(x, bottom + 16, "middle", even ? INK : SOFT, "", label(at));
        }
    }

    /** 0.1x, 1x, 1.5x. */
    private static String label(double ratio) {
        return (ratio == Math.rint(ratio) ? String.valueOf((long) ratio) : String.valueOf(ratio)) + "x";
    }

    private void axis(int bottom) {
        text(x(1) - 8, bottom + 34, "end", SOFT, "", "worse than the best peer");
        text(x(1) + 8, bottom + 34, "start", SOFT, "", "better");
    }

    private void bar(Bar bar, int y) {
        text(LEFT - 10, y + 4, "end", INK, "", bar.workload());
        double from = Math.min(x(1), x(bar.ratio()));
        double to = Math.max(x(1), x(bar.ratio()));
        add(
                "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>",
                from, y - BAR / 2, to - from, BAR, bar.ratio() >= 1 ? BETTER : WORSE);
        add(
                "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"%s\"/>",
                x(bar.least()), y, x(bar.most()), y, INK);
        for (String peer : Contender.peers()) {
            Double ratio = bar.peers().get(peer);
            if (ratio != null) {
                dot(x(ratio), y, peer);
            }
        }
        String cut = bar.ratio() > MOST ? "\u2192 " : "";
        double end = Math.max(x(bar.most()), x(1));
        text(end + 6, y + 4, "start", INK, "", cut + BenchReport.times(bar.ratio()));
    }

    private void dot(double x, int y, String peer) {
        add(
                "<circle cx=\"%.1f\" cy=\"%d\" r=\"4\" fill=\"%s\" stroke=\"%s\"/>",
                x, y, PEERS.getOrDefault(peer, SOFT), GROUND);
    }

    private void text(double x, int y, String anchor, String color, String more, String content) {
        String escaped = content.replace("&", "&amp;").replace("<", "&lt;");
        add(
                "<text x=\"%.1f\" y=\"%d\" text-anchor=\"%s\" fill=\"%s\" %s>%s</text>",
                x, y, anchor, color, more, escaped);
    }

    @SuppressWarnings("AnnotateFormatMethod") // a helper of this class alone
    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private static double x(double ratio) {
        double share = Math.log(Math.clamp(ratio, LEAST, MOST) / LEAST) / Math.log(MOST / LEAST);
        return LEFT + share * (RIGHT - LEFT);
    }
}
