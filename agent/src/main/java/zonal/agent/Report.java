package zonal.agent;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import zonal.allocator.Growth;
import zonal.allocator.LeakSuspect;
import zonal.allocator.LiveSite;
import zonal.allocator.Options;
import zonal.allocator.SampledBlock;
import zonal.allocator.Sampler;
import zonal.allocator.Statistics;
import zonal.allocator.Survey;
import zonal.allocator.ZoneStatistics;

/**
 * A picture of the off-heap memory as one HTML file that needs nothing beside it: the page {@code report.html} with the data of
 * this moment, as JSON, in its place.
 *
 * <p>A browser may open it from anywhere: its content security policy forbids it the network, and what comes from the application
 * (names of classes, threads) goes into the page as text only.
 */
final class Report {
    private static final String TEMPLATE = "report.html";
    private static final String PLACE = "\"the data\"";
    private static final int LARGEST_BLOCKS = 100;
    private static final int MOST_SITES = 2_000;
    private static final int MOST_SUSPECTS = 50;

    private final Json json = new Json();

    private Report() {}

    /** Writes it to a {@link NewFile}, and answers its absolute path. */
    static Path write(String file) throws IOException {
        return NewFile.write("report", file, stream -> {
            String page = template();
            int place = page.indexOf(PLACE);
            // A writer passes it on in pieces: for all at once a channel takes a direct buffer as long, and the thread
            // keeps it.
            Writer writer = new OutputStreamWriter(stream, StandardCharsets.UTF_8);
            writer.write(page, 0, place);
            writer.write(new Report().data());
            writer.write(page.substring(place + PLACE.length()));
            writer.flush();
        });
    }

    private static String template() throws IOException {
        try (InputStream stream = Report.class.getResourceAsStream(TEMPLATE)) {
            if (stream == null) {
                throw new FileNotFoundException(TEMPLATE + " is not in the agent's jar");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private String data() {
        Options options = Options.current();
        Survey survey = Survey.read(LARGEST_BLOCKS);
        json.open('{');
        json.field("pid", ProcessId.read());
        json.field("program", PprofProfile.program());
        json.field("java", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
        json.field("epochMillis", System.currentTimeMillis());
        json.field("sample", options.sample());
        json.name("options").open('{');
        for (Map.Entry<String, String> option : options.asMap().entrySet()) {
            json.field(option.getKey(), option.getValue());
        }
        json.close('}');
        addGrowth(Growth.points());
        addSites(Sampler.liveSites(Integer.MAX_VALUE));
        addSuspects(Sampler.leakSuspects());
        addMaps(survey.maps());
        addSizes(survey.sizes());
        addLargest(survey.largest());
        return json.close('}').toString();
    }

    /** The last one is the present. */
    private void addGrowth(List<Growth.Point> points) {
        json.name("growth").open('[');
        for (Growth.Point point : points) {
            Statistics counts = point.statistics();
            json.open('{')
                    .field("epochMillis", point.epochMillis())
                    .field("liveBytes", counts.liveBytes())
                    .field("liveBlocks", counts.liveBlocks())
                    .field("mapped", counts.mappedBytes())
                    .field("resident", counts.residentBytes());
            json.name("zones").open('[');
            for (ZoneStatistics zone : counts.zones()) {
                json.open('{')
                        .field("name", zone.name())
                        .field("liveBytes", zone.liveBytes())
                        .close('}');
            }
            json.close(']').close('}');
        }
        json.close(']');
    }

    private void addSites(List<LiveSite> sites) {
        json.name("sites").open('[');
        for (LiveSite site : atMost(MOST_SITES, sites)) {
            json.open('{')
                    .field("bytes", site.liveBytes())
                    .field("blocks", site.liveBlocks())
                    .field("samples", site.samples())
                    .field("oldestSeconds", TimeUnit.NANOSECONDS.toSeconds(site.oldestNanos()));
            addFrames(site.texts());
            json.close('}');
        }
        json.close(']');
    }

    /** The first ones, and in place of the last of these the sum of all further ones: no bytes are left out. */
    static List<LiveSite> atMost(int most, List<LiveSite> sites) {
        if (sites.size() <= most) {
            return sites;
        }
        List<LiveSite> kept = new ArrayList<>(sites.subList(0, most - 1));
        kept.add(sites.subList(most - 1, sites.size()).stream()
                .reduce(
                        new LiveSite(List.of(), 0, 0, 0, 0, 0, 0),
                        (one, other) -> new LiveSite(
                                List.of(),
                                one.liveBytes() + other.liveBytes(),
                                one.liveBlocks() + other.liveBlocks(),
                                one.samples() + other.samples(),
                                one.takenBytes() + other.takenBytes(),
                                one.takenBlocks() + other.takenBlocks(),
                                Math.max(one.oldestNanos(), other.oldestNanos()))));
        return kept;
    }

    private void addSuspects(List<LeakSuspect> suspects) {
        json.name("suspects").open('[');
        for (LeakSuspect suspect : suspects.subList(0, Math.min(MOST_SUSPECTS, suspects.size()))) {
            json.open('{')
                    .field("then", suspect.bytesThen())
                    .field("now", suspect.bytesNow())
                    .field("samples", suspect.samplesNow())
                    .field("seconds", suspect.seconds());
            addFrames(suspect.texts());
            json.close('}');
        }
        json.close(']');
    }

    private void addFrames(List<String> frames) {
        json.name("frames").open('[');
        for (String frame : frames) {
            json.value(frame);
        }
        json.close(']');
    }

    private void addMaps(List<Survey.PageMap> maps) {
        json.name("maps").open('[');
        for (Survey.PageMap map : maps) {
            json.open('{')
                    .field("zone", map.zone())
                    .field("runs", map.runs() ? 1 : 0)
                    .field("pageBytes", map.pageBytes());
            json.name("percent").open('[');
            for (int percent : map.livePercent()) {
                json.value(percent);
            }
            json.close(']').close('}');
        }
        json.close(']');
    }

    private void addSizes(List<Survey.SizeBin> sizes) {
        json.name("sizes").open('[');
        for (Survey.SizeBin bin : sizes) {
            json.open('{')
                    .field("most", bin.most())
                    .field("blocks", bin.blocks())
                    .field("requested", bin.requested())
                    .field("usable", bin.usable())
                    .close('}');
        }
        json.close(']');
    }

    private void addLargest(List<Survey.LargeBlock> blocks) {
        json.name("largest").open('[');
        for (Survey.LargeBlock block : blocks) {
            json.open('{')
                    .field("zone", block.zone())
                    .field("address", "0x" + Long.toHexString(block.address()))
                    .field("bytes", block.bytes());
            SampledBlock sample = block.sample();
            if (sample != null) {
                json.field("thread", sample.thread())
                        .field("ageSeconds", TimeUnit.NANOSECONDS.toSeconds(sample.ageNanos()));
                addFrames(sample.texts());
            }
            json.close('}');
        }
        json.close(']');
    }
}
