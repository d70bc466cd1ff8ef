package zonal.samples.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.stream.Stream;

/** When and on what it was measured, in one line. */
final class Machine {
    private Machine() {}

    static String describe() {
        return "%s, %s, %d cores, Linux %s, transparent huge pages %s, JDK %s"
                .formatted(
                        LocalDate.now(ZoneId.systemDefault()),
                        cpu(),
                        Runtime.getRuntime().availableProcessors(),
                        System.getProperty("os.version"),
                        hugePages(),
                        Runtime.version());
    }

    private static String hugePages() {
        try {
            String modes = Files.readString(Path.of("/sys/kernel/mm/transparent_hugepage/enabled"));
            return modes.substring(modes.indexOf('[') + 1, modes.indexOf(']'));
        } catch (IOException e) {
            return "unknown";
        }
    }

    private static String cpu() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException e) {
            return System.getProperty("os.arch");
        }
    }
}
