package zonal.agent;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The command that comes with {@code jcmd PID JVMTI.agent_load} or in a setting of JFR: what to write, and behind a colon the file. A colon,
 * for jcmd cuts its argument at an equals sign.
 *
 * <p>Its answer is the file. jcmd shows only that the jar was loaded, and the target's stderr belongs to the application, so
 * it stays silent unless the file could not be written.
 *
 * @param file where to write, or null: the default
 */
public record DumpCommand(Kind kind, @Nullable String file) {
    public static final String USAGE =
            "show_alloc_mem[:FILE], show_alloc_mem_ex[:FILE], report[:FILE], pprof[:FILE], collapsed[:FILE]";

    private static final String TIME_PATTERN = "yyyyMMdd-HHmmss-SSS";

    /** What is written. */
    public enum Kind {
        SHOW_ALLOC_MEM(".txt"),
        SHOW_ALLOC_MEM_EX(".txt"),
        REPORT(".html"),
        PPROF(".pb.gz"),
        COLLAPSED(".collapsed");

        private final String suffix;

        Kind(String suffix) {
            this.suffix = suffix;
        }
    }

    /** Answers the command, or null if the text is none. */
    public static @Nullable DumpCommand parse(String text) {
        int colon = text.indexOf(':');
        String name = colon < 0 ? text : text.substring(0, colon);
        String file = colon < 0 ? null : text.substring(colon + 1);
        if (file != null && file.isBlank()) {
            return null;
        }
        for (Kind kind : Kind.values()) {
            if (kind.name().toLowerCase(Locale.ROOT).equals(name)) {
                return new DumpCommand(kind, file);
            }
        }
        return null;
    }

    /**
     * Writes the file.
     *
     * @return the absolute path of the new file
     * @throws IOException with a message in words, if there is such a file already, or it can't be made or written
     */
    public Path write() throws IOException {
        String target = file == null ? defaultFile() : file;
        return switch (kind) {
            case SHOW_ALLOC_MEM -> DumpFile.write(target, false);
            case SHOW_ALLOC_MEM_EX -> DumpFile.write(target, true);
            case REPORT -> Report.write(target);
            case PPROF -> PprofProfile.write(target);
            case COLLAPSED -> CollapsedStacks.write(target);
        };
    }

    /** Writes the file, or says on stderr why it could not. */
    void run() {
        try {
            write();
        } catch (Throwable e) { // the Java heap may be full, be it in the first use of a class
            Messages.print(Messages.NO_DUMP, e);
        }
    }

    private String defaultFile() {
        String time = DateTimeFormatter.ofPattern(TIME_PATTERN, Locale.ROOT)
                .format(LocalDateTime.now(ZoneId.systemDefault()));
        return "zonal-" + ProcessId.read() + "-" + time + kind.suffix;
    }
}
