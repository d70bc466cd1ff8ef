package zonal.samples.monitoring;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.yaml.snakeyaml.Yaml;

/** A real Prometheus, with a configuration and a folder of its own. Closing it ends it. */
final class Prometheus implements AutoCloseable {

    private static final String PROGRAM = "prometheus";

    private final Process process;
    private final int port;
    private final HttpClient client = HttpClient.newHttpClient();

    Prometheus(Path configuration, int port, Path folder) throws IOException {
        this.port = port;
        process = new ProcessBuilder(
                        PROGRAM,
                        "--config.file=" + configuration,
                        "--storage.tsdb.path=" + folder.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("prometheus.txt").toFile())
                .start();
    }

    /** Whether there is one on the PATH. */
    static boolean isThere() {
        return Stream.of(String.valueOf(System.getenv("PATH")).split(":", -1))
                .anyMatch(entry -> Files.isExecutable(Path.of(entry, PROGRAM)));
    }

    /** What an expression gives now: one for each series; nothing while Prometheus starts. */
    List<?> ask(String expression) throws IOException, InterruptedException {
        URI address = URI.create("http://127.0.0.1:" + port + "/api/v1/query?query="
                + URLEncoder.encode(expression, StandardCharsets.UTF_8));
        try {
            HttpResponse<String> response =
                    client.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() == 503) {
                return List.of(); // it reads its data first
            }
            if (response.statusCode() != 200) {
                throw new IOException(expression + ": " + response.body());
            }
            Map<?, ?> answer = new Yaml().load(response.body());
            return answer.get("data") instanceof Map<?, ?> data && data.get("result") instanceof List<?> result
                    ? result
                    : List.of();
        } catch (ConnectException e) {
            if (!process.isAlive()) {
                throw new IOException("prometheus ended with exit code " + process.exitValue(), e);
            }
            return List.of();
        }
    }

    @Override
    public void close() {
        client.close();
        process.destroyForcibly().onExit().join();
    }
}
