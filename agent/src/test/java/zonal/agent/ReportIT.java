package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import zonal.agent.apps.Sites;

/** The HTML report, opened in a headless Chromium: what its script has drawn, and in which colours. */
class ReportIT {
    private static final List<String> BROWSERS = List.of("chromium", "chromium-browser", "google-chrome");
    private static final int WIDTH = 1280;
    private static final int HEIGHT = 2000;

    @TempDir
    static Path folder = Path.of("");

    private static Path report = Path.of("");
    private static long kept;

    @BeforeAll
    static void write() throws Exception {
        try (Jvm.Running running = new Jvm(folder)
                .agent("sample=64k")
                .app(Sites.class, "--password=open-sesame")
                .start()) {
            running.awaitLine("ready");
            try (BeanClient bean = new BeanClient(running)) {
                long before = bean.number("LiveBytes");
                report = Path.of(bean.write("report", folder.resolve("report.html")));
                kept = bean.number("LiveBytes") - before;
            }
        }
    }

    @Test
    void itNeedsNothingBesideItself() throws Exception {
        String page = Files.readString(report);
        assertTrue(
                page.contains("content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\""));
        assertFalse(Pattern.compile("(src|href)=|@import|url\\(").matcher(page).find());
        assertEquals(
                List.of("http://www.w3.org/2000/svg"), // a name, not a place
                Pattern.compile("https?://[\\w./]*")
                        .matcher(page)
                        .results()
                        .map(found -> found.group())
                        .toList());
        assertFalse(page.contains("the other <thread>"), "text of the application is escaped");
    }

    @Test
    void itsDataAreWhatTheirNamesSay() throws Exception {
        String page = Files.readString(report);
        assertEquals(
                100,
                numbers(page, "\"address\":\"0x[0-9a-f]+\",\"bytes\":(\\d+)").size());
        List<Long> ages = numbers(page, "\"ageSeconds\":(\\d+)");
        assertFalse(ages.isEmpty());
        assertTrue(ages.stream().allMatch(seconds -> seconds < 3_600), ages.toString());
        List<Long> oldest = numbers(page, "\"oldestSeconds\":(\\d+)");
        assertFalse(oldest.isEmpty());
        assertTrue(oldest.stream().allMatch(seconds -> seconds < 3_600), oldest.toString());
        List<Long> mapped = numbers(page, "\"mapped\":(\\d+)");
        List<Long> resident = numbers(page, "\"resident\":(\\d+)");
        assertTrue(mapped.getLast() > resident.getLast(), mapped + " " + resident);
        List<Long> liveBytes = numbers(page, "\"liveBytes\":(\\d+),\"liveBlocks\"");
        List<Long> liveBlocks = numbers(page, "\"liveBlocks\":(\\d+)");
        assertTrue(liveBytes.getLast() > liveBlocks.getLast(), liveBytes + " " + liveBlocks);
        List<Long> requested = numbers(page, "\"requested\":(\\d+)");
        List<Long> usable = numbers(page, "\"usable\":(\\d+)");
        assertTrue(sum(requested) < sum(usable), requested + " " + usable);
        assertTrue(page.contains("{\"zone\":\"TINY\",\"runs\":0,"));
        assertTrue(page.contains("{\"zone\":\"LARGE\",\"runs\":1,"));
        assertTrue(page.contains("\"suspects\":[{\"then\":0,\"now\":"), "since the start all has grown");
        List<Long> now = numbers(page, "\"then\":0,\"now\":(\\d+)");
        assertTrue(now.stream().allMatch(bytes -> bytes > 0), now.toString());
        List<Long> grownSamples = numbers(page, "\"then\":0,\"now\":\\d+,\"samples\":(\\d+)");
        assertTrue(grownSamples.stream().allMatch(samples -> samples > 0), grownSamples.toString());
        List<Long> sampled = numbers(page, "\"blocks\":\\d+,\"samples\":(\\d+)");
        List<Long> blocks = numbers(page, "\"blocks\":(\\d+),\"samples\"");
        assertTrue(sum(sampled) < sum(blocks), "a sample of small blocks stands for many");
    }

    private static long sum(List<Long> numbers) {
        return numbers.stream().mapToLong(Long::longValue).sum();
    }

    private static List<Long> numbers(String text, String pattern) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(found -> Long.valueOf(found.group(1)))
                .toList();
    }

    /** A thread that writes to a channel keeps the off-heap buffer that this took. */
    @Test
    void itIsWrittenThroughASmallBufferHoweverLongItIs() throws Exception {
        assertTrue(kept < 12 << 10, kept + " bytes kept");
    }

    /** It is a file to be passed on. */
    @Test
    void itNamesTheProgramWithoutItsArguments() throws Exception {
        String page = Files.readString(report);
        assertTrue(page.contains(Sites.class.getName()));
        assertFalse(page.contains("open-sesame"));
    }

    @Test
    void itDrawsWhatTheApplicationHolds() throws Exception {
        String dom = open("--dump-dom", "--window-size=800,600");
        assertTrue(dom.contains("data-drawn=\"light\""), dom.substring(0, 500)); // the last thing that its script does
        for (String method : List.of("takeTiny", "takeBuffers", "takeSegments", "takeInAnotherThread")) {
            assertTrue(
                    Pattern.compile("<button[^>]*title=\"zonal\\.agent\\.apps\\.Sites\\." + method
                                    + "\\(Sites\\.java:\\d+\\)")
                            .matcher(dom)
                            .find(),
                    method + " in the flame graph");
        }
        assertFalse(section(dom, "flame").contains("takeAndFree"), "freed");
        assertTrue(coloured(dom, "java\\.base/java\\.lang\\.Thread", "jdk"));
        assertTrue(coloured(dom, "zonal\\.agent\\.apps\\.Sites", "app"));
        assertTrue(section(dom, "suspects")
                .matches(".*<td class=\"n\">0 B</td><td class=\"n\">([^<]*)</td><td class=\"n\">\\1</td>.*"));
        for (String map : List.of("TINY", "LARGE", "LARGE, blocks of whole OS pages")) {
            assertTrue(dom.contains("<h3>" + map), map);
        }
        assertTrue(
                Pattern.compile("<canvas[^>]*data-cells=\"[1-9]\\d{2,}\"")
                        .matcher(dom)
                        .find(),
                "cells");
        assertTrue(
                Pattern.compile(">31\\.8 MiB<.{0,300}>LARGE<.{0,300}the other &lt;thread&gt;<.{0,300}RawMemory")
                        .matcher(section(dom, "largest"))
                        .find(),
                section(dom, "largest"));
        assertTrue(section(dom, "sizes").contains("in 200,"), "200,000 blocks of 100 bytes");
        assertTrue(section(dom, "growth").contains("<polygon"));
        assertTrue(
                section(dom, "growth").matches(".*viewBox=\"0 0 [67]\\d\\d 240\".*"),
                "not as in a wide window, only smaller");
        assertTrue(section(dom, "growth").contains("in memory"));
        assertTrue(section(dom, "tiles").contains(" MiB</b><span>live"), section(dom, "tiles"));
    }

    private static boolean coloured(String dom, String frame, String colour) {
        return Pattern.compile("title=\"" + frame + "[^\"]*\" style=\"[^\"]*var\\(--" + colour + "\\)")
                .matcher(dom)
                .find();
    }

    /** From the element with this id to the end of its section. */
    private static String section(String dom, String id) {
        int from = dom.indexOf("id=\"" + id + "\"");
        assertTrue(from > 0, id);
        return dom.substring(from, dom.indexOf(id.equals("tiles") ? "<section>" : "</section>", from))
                .replace("\n", " ");
    }

    @Test
    void itIsLightOrDarkAsTheReaderLikes() throws Exception {
        BufferedImage light = screenshot("light", 1);
        BufferedImage dark = screenshot("dark", 0);
        assertTrue(brightness(light.getRGB(5, 5)) > 0.9);
        assertTrue(brightness(dark.getRGB(5, 5)) < 0.2);
        for (BufferedImage image : List.of(light, dark)) {
            assertTrue(colours(image) > 50, colours(image) + " colours");
        }
        assertTrue(open("--dump-dom", "--blink-settings=preferredColorScheme=0").contains("data-drawn=\"dark\""));
    }

    private static BufferedImage screenshot(String name, int scheme) throws Exception {
        Path image = folder.resolve(name + ".png");
        open(
                "--screenshot=" + image,
                "--window-size=" + WIDTH + "," + HEIGHT,
                "--blink-settings=preferredColorScheme=" + scheme);
        return ImageIO.read(image.toFile());
    }

    private static float brightness(int colour) {
        Color of = new Color(colour);
        return Color.RGBtoHSB(of.getRed(), of.getGreen(), of.getBlue(), null)[2];
    }

    private static long colours(BufferedImage image) {
        return Arrays.stream(image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth()))
                .distinct()
                .count();
    }

    /** Opens the report, and answers what the browser prints. */
    private static String open(String... options) throws Exception {
        String browser = browser();
        assumeTrue(browser != null, "none of " + BROWSERS + " is on the PATH: the report was not looked at");
        Path profile = Files.createTempDirectory(folder, "profile");
        List<Object> command = new ArrayList<>(List.of(
                String.valueOf(browser),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--user-data-dir=" + profile));
        command.addAll(List.of(options));
        command.add(report.toUri());
        Jvm.Result result = Jvm.execute(folder, command.toArray());
        assertEquals(0, result.exitCode(), result.err());
        return result.out();
    }

    private static @Nullable String browser() {
        for (String entry : String.valueOf(System.getenv("PATH")).split(File.pathSeparator, -1)) {
            for (String name : BROWSERS) {
                Path program = Path.of(entry, name);
                if (Files.isExecutable(program)) {
                    return program.toString();
                }
            }
        }
        return null;
    }
}
