package zonal.agent;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The command that comes with {@code jcmd PID JVMTI.agent_load} or in a setting of JFR: {@code show_alloc_mem[:FILE]} or
 * {@code show_alloc_mem_ex[:FILE]}. A colon, for jcmd cuts its argument at an equals sign.
 *
 * <p>Its answer is the file. jcmd shows only that the jar was loaded, and the target's stderr belongs to the application, so
 * it stays silent unless the file could not be written.
 *
 * @param file where to write, or null: the default
 */
public record DumpCommand(boolean extended, @Nullable String file) {
    public static final String USAGE = "show_alloc_mem[:FILE], show_alloc_mem_ex[:FILE]";

    private static final String PLAIN = "show_alloc_mem";
    private static final String EXTENDED = "show_alloc_mem_ex";
    private static final String TIME_PATTERN = "yyyyMMdd-HHmmss-SSS";

    /** Answers the command, or null if the text is none. */
    public static @Nullable DumpCommand parse(String text) {
        int colon = text.indexOf(':');
        String name = colon < 0 ? text : text.substring(0, colon);
        String file = colon < 0 ? null : text.substring(colon + 1);
        if (file != null && file.isBlank()) {
            return null;
        }
        return switch (name) {
            case PLAIN -> new DumpCommand(false, file);
            case EXTENDED -> new DumpCommand(true, file);
            default -> null;
        };
    }

    /**
     * Writes the dump.
     *
     * @return the absolute path of the new file
     * @throws IOException with a message in words, if there is such a file already, or it can't be made or written
     */
    public Path write() throws IOException {
        return DumpFile.write(file == null ? defaultFile() : file, extended);
    }

    /** Writes the dump, or says on stderr why it could not. */
    void run() {
        try {
            write();
        } catch (IOException e) {
            Messages.print("no dump, " + Messages.of(e));
        }
    }

    private static String defaultFile() {
        String time = DateTimeFormatter.ofPattern(TIME_PATTERN, Locale.ROOT)
                .format(LocalDateTime.now(ZoneId.systemDefault()));
        return "zonal-" + ProcessHandle.current().pid() + "-" + time + ".txt";
    }
}
