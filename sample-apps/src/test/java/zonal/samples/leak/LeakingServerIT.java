package zonal.samples.leak;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import zonal.samples.jvm.AgentJar;
import zonal.samples.jvm.JavaCommand;
import zonal.samples.jvm.ZonalCommand;

/** The leak is found as the README finds it, forty times as fast. */
@Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD)
class LeakingServerIT {

    private static final String LEAK = "zonal.samples.leak.Sessions.newBlock";

    @Test
    void threeCommandsFindTheLeak(@TempDir Path directory) throws Exception {
        Path agent = AgentJar.find();
        Process server = new JavaCommand(List.of(), agent, LeakingServer.class, List.of("40"))
                .builder()
                .redirectError(directory.resolve("stderr.txt").toFile())
                .start();
        try (BufferedReader out = server.inputReader()) {
            assertThat(out.readLine()).startsWith("ready");
            assertThat(ZonalCommand.run(agent))
                    .containsPattern("(?m)^ *" + server.pid() + " .* " + LeakingServer.class.getName() + "$");

            String diff = ZonalCommand.run(agent, server.pid(), "diff", 4);
            List<String> grown = diff.substring(diff.indexOf("call sites that changed most"))
                    .lines()
                    .skip(1)
                    .limit(3)
                    .toList();
            assertThat(grown.get(0)).as(diff).matches("\\+[0-9.]+ MiB, \\+[0-9,]+ blocks");
            assertThat(grown.get(2)).as(diff).contains(LEAK);

            Path report = directory.resolve("leak.html");
            assertThat(ZonalCommand.run(agent, server.pid(), "report", report)).isEqualTo(report + "\n");
            assertThat(Files.readString(report)).contains("Sessions");
        } finally {
            server.destroyForcibly().waitFor();
        }
    }
}
