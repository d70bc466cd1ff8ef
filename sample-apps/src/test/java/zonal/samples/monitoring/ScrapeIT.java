package zonal.samples.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;
import zonal.samples.demo.CacheServer;
import zonal.samples.jvm.AgentJar;
import zonal.samples.jvm.JavaCommand;

/** The cache server in one JVM with Zonal's agent and the real exporter, scraped as Prometheus does. */
@Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD)
class ScrapeIT {

    private static final Path MONITORING = Path.of("monitoring");
    private static final int FILES = 200;
    private static final List<String> FLAGS =
            List.of("--sun-misc-unsafe-memory-access=allow", "-Xmx128m", "-Dorg.caffinitas.ohc.allocator=unsafe");

    /** A metric in a query of the dashboard: all of them are followed by labels. */
    private static final Pattern METRIC = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)\\{");

    @TempDir
    Path folder;

    @Test
    void withTheConfigurationOfTheSamplesEveryMetricOfTheDashboardIsThere() throws Exception {
        Path configuration = MONITORING.resolve("jmx-exporter.yaml");
        Scrape scrape = scrape(List.of(zonal(), exporter()), configuration);

        assertNumbers(scrape);
        List<String> queries = queries();
        assertThat(queries).hasSizeGreaterThan(10);
        for (String query : queries) {
            List<String> metrics =
                    METRIC.matcher(query).results().map(found -> found.group(1)).toList();
            assertThat(metrics).as(query).isNotEmpty();
            for (String metric : metrics) {
                assertThat(scrape.of(metric)).as(metric).isNotEmpty();
            }
        }
        assertThat(scrape.of("jvm_memory_committed_bytes"))
                .extracting(Scrape.Sample::labels)
                .contains("area=\"heap\"");
        // What is nobody's query is not exported twice.
        assertThat(scrape.text()).doesNotContain("zonal_Allocator_");
    }

    @Test
    void aRealPrometheusAnswersEveryQueryOfTheDashboard() throws Exception {
        assumeTrue(Prometheus.isThere(), "there is no prometheus on the PATH: the queries were not asked");
        int port = freePort();
        String target = "localhost:" + port;
        Path configuration = Files.writeString(
                folder.resolve("prometheus.yml"),
                Files.readString(MONITORING.resolve("prometheus.yml"))
                        .replace("localhost:9404", target)
                        .replace("scrape_interval: 5s", "scrape_interval: 1s"));
        try (RunningServer server =
                        new RunningServer(List.of(zonal(), exporter()), port, MONITORING.resolve("jmx-exporter.yaml"));
                Prometheus prometheus = new Prometheus(configuration, freePort(), folder)) {
            for (String query : queries()) {
                String expression = query.replace("$job", "zonal").replace("$instance", target);
                assertThat(expression).doesNotContain("$");
                // It starts, and has to scrape twice.
                List<?> answer = Awaitility.await(expression)
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> prometheus.ask(expression), found -> !found.isEmpty());
                assertThat(answer).as(expression).hasSize(expression.contains("zonal_zone_") ? 3 : 1);
            }
            server.end();
        }
    }

    @Test
    void withoutAnyConfigurationTheNamesAreTheSameAndTheOrderOfTheAgentsIsFree() throws Exception {
        Path nothing = Files.writeString(folder.resolve("empty.yaml"), "{}\n");
        Scrape scrape = scrape(List.of(exporter(), zonal()), nothing);

        assertNumbers(scrape);
        assertThat(scrape.of("java_lang_MemoryPool_Usage_used"))
                .extracting(Scrape.Sample::labels)
                .contains("name=\"Zonal TINY\"", "name=\"Zonal SMALL\"", "name=\"Zonal LARGE\"");
    }

    @Test
    void prometheusLooksWhereTheExportersConfigurationSaysItListens() throws Exception {
        Map<?, ?> prometheus = new Yaml().load(Files.readString(MONITORING.resolve("prometheus.yml")));
        assertThat(prometheus.toString()).contains("targets=[localhost:9404]");
        assertThat(Files.readString(MONITORING.resolve("jmx-exporter.yaml")))
                .contains("javaagent.jar=9404:jmx-exporter.yaml");
    }

    private static void assertNumbers(Scrape scrape) {
        for (String metric : List.of("zonal_zone_live_bytes", "zonal_zone_resident_bytes", "zonal_zone_live_blocks")) {
            assertThat(scrape.of(metric))
                    .extracting(Scrape.Sample::labels)
                    .containsExactlyInAnyOrder("zone=\"TINY\"", "zone=\"SMALL\"", "zone=\"LARGE\"");
            assertThat(scrape.of(metric)).allMatch(sample -> sample.value() > 0);
        }
        // Each zone's number is its own: they add up to all. Between two beans the server may take a buffer.
        assertThat(scrape.of("zonal_zone_live_bytes").stream()
                        .mapToDouble(Scrape.Sample::value)
                        .sum())
                .isCloseTo(scrape.value("zonal_memory_live_bytes"), withinPercentage(2));
        // An entry of the cache is two blocks.
        assertThat(scrape.value("zonal_memory_live_blocks")).isGreaterThan(2 * FILES);
        assertThat(scrape.value("zonal_memory_allocations"))
                .isGreaterThanOrEqualTo(scrape.value("zonal_memory_live_blocks"));
        assertThat(scrape.value("zonal_memory_live_bytes")).isLessThan(scrape.value("zonal_memory_mapped_bytes"));
        assertThat(scrape.value("zonal_memory_bad_frees")).isZero();
        assertThat(scrape.help("zonal_memory_live_bytes")).startsWith("Bytes in use, as asked for");
    }

    private static List<String> queries() throws IOException {
        Map<?, ?> dashboard = new Yaml().load(Files.readString(MONITORING.resolve("grafana-dashboard.json")));
        List<String> queries = new ArrayList<>();
        for (Object panel : (List<?>) child(dashboard, "panels")) {
            for (Object target : (List<?>) child(panel, "targets")) {
                queries.add((String) child(target, "expr"));
            }
        }
        return queries;
    }

    private static Object child(Object parent, String name) {
        Object child = ((Map<?, ?>) parent).get(name);
        if (child == null) {
            throw new AssertionError("no " + name + " in " + parent);
        }
        return child;
    }

    /** Starts the server under the agents in their order, scrapes it once, and sees that it ends as if it were alone. */
    private Scrape scrape(List<Path> agents, Path configuration) throws Exception {
        int port = freePort();
        try (RunningServer server = new RunningServer(agents, port, configuration)) {
            Scrape scrape = new Scrape(get(URI.create("http://localhost:" + port + "/metrics")));
            server.end();
            return scrape;
        }
    }

    /** The cache server under agents, ready. Closing it ends it, whatever it does. */
    private final class RunningServer implements AutoCloseable {
        private final Path errors = folder.resolve("errors.txt");
        private final Process process;

        RunningServer(List<Path> agents, int port, Path configuration) throws Exception {
            List<String> flags = new ArrayList<>();
            for (Path agent : agents) {
                String options = agent.equals(exporter()) ? "=" + port + ":" + configuration.toAbsolutePath() : "";
                flags.add("-javaagent:" + agent + options);
            }
            flags.addAll(FLAGS);
            process = new JavaCommand(flags, null, CacheServer.class, List.of(Integer.toString(FILES)))
                    .builder()
                    .redirectError(errors.toFile())
                    .start();
            awaitReady(process.inputReader(), errors);
        }

        /** It ends as if it were alone. */
        void end() throws Exception {
            process.outputWriter().close();
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
            assertThat(errors).isEmptyFile();
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    private static void awaitReady(BufferedReader output, Path errors) throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith("ready ")) {
                return;
            }
        }
        throw new AssertionError("the server ended before it was ready: " + Files.readString(errors));
    }

    private static String get(URI address) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> response =
                    client.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).isEqualTo(200);
            return response.body();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static Path zonal() throws IOException {
        return AgentJar.find();
    }

    /** The exporter is on the class path of the tests: where its agent class comes from is its jar. */
    private static Path exporter() throws Exception {
        return Path.of(Class.forName("io.prometheus.jmx.JavaAgent", false, ScrapeIT.class.getClassLoader())
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
    }
}
