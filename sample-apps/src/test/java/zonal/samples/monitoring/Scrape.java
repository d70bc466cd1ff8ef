package zonal.samples.monitoring;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a scrape answered, in Prometheus's text format. */
record Scrape(String text) {

    private static final Pattern SAMPLE = Pattern.compile("(?m)^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? (\\S+)$");

    /** One line of it; the labels as they stand there. */
    record Sample(String name, String labels, double value) {}

    List<Sample> samples() {
        return SAMPLE.matcher(text).results().map(Scrape::sample).toList();
    }

    private static Sample sample(MatchResult line) {
        return new Sample(line.group(1), line.group(2) == null ? "" : line.group(2), Double.parseDouble(line.group(3)));
    }

    /** All samples of a metric. */
    List<Sample> of(String name) {
        return samples().stream().filter(sample -> sample.name().equals(name)).toList();
    }

    /** The one sample of a metric without labels. */
    double value(String name) {
        List<Sample> samples = of(name);
        if (samples.size() != 1 || !samples.getFirst().labels().isEmpty()) {
            throw new AssertionError("not one sample of " + name + ": " + samples);
        }
        return samples.getFirst().value();
    }

    /** What the scrape says that a metric is. */
    String help(String name) {
        Matcher line =
                Pattern.compile("(?m)^# HELP " + Pattern.quote(name) + " (.*)$").matcher(text);
        return line.find() ? line.group(1) : "";
    }
}
