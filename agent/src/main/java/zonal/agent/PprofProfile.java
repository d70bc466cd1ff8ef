package zonal.agent;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import zonal.allocator.LiveSite;
import zonal.allocator.Options;
import zonal.allocator.PlainText;
import zonal.allocator.Sampler;

/**
 * The call sites as a heap profile that {@code go tool pprof}, Pyroscope and others read: gzipped <a
 * href="https://github.com/google/pprof/blob/main/proto/profile.proto">profile.proto</a>, with the four sample types of Go's heap profiles.
 *
 * <p>Blocks and bytes are estimates already, as readers expect. A function is a method of a class; a location, a line in it. All locations are
 * of one mapping, the program, which says that names and lines are there: so no reader goes looking for symbols. Identifiers ascend from 1 without
 * gaps, because Pyroscope searches for them in halves.
 */
final class PprofProfile {
    // Field numbers of profile.proto.
    private static final int PROFILE_SAMPLE_TYPE = 1;
    private static final int PROFILE_SAMPLE = 2;
    private static final int PROFILE_MAPPING = 3;
    private static final int PROFILE_LOCATION = 4;
    private static final int PROFILE_FUNCTION = 5;
    private static final int PROFILE_STRING_TABLE = 6;
    private static final int PROFILE_TIME_NANOS = 9;
    private static final int PROFILE_PERIOD_TYPE = 11;
    private static final int PROFILE_PERIOD = 12;
    private static final int PROFILE_DEFAULT_SAMPLE_TYPE = 14;
    private static final int VALUE_TYPE_TYPE = 1;
    private static final int VALUE_TYPE_UNIT = 2;
    private static final int SAMPLE_LOCATION_ID = 1;
    private static final int SAMPLE_VALUE = 2;
    private static final int MAPPING_ID = 1;
    private static final int MAPPING_FILENAME = 5;
    private static final int MAPPING_HAS_FUNCTIONS = 7;
    private static final int MAPPING_HAS_FILENAMES = 8;
    private static final int MAPPING_HAS_LINE_NUMBERS = 9;
    private static final int LOCATION_ID = 1;
    private static final int LOCATION_MAPPING_ID = 2;
    private static final int LOCATION_LINE = 4;
    private static final int LINE_FUNCTION_ID = 1;
    private static final int LINE_LINE = 2;
    private static final int FUNCTION_ID = 1;
    private static final int FUNCTION_NAME = 2;
    private static final int FUNCTION_SYSTEM_NAME = 3;
    private static final int FUNCTION_FILENAME = 4;

    private record Function(String name, String file) {
        static Function of(StackTraceElement frame) {
            String file = frame.getFileName();
            // Readers print the names as they are.
            return new Function(
                    PlainText.of(frame.getClassName() + "." + frame.getMethodName()),
                    file == null ? "" : PlainText.of(file));
        }
    }

    private record Location(Function function, int line) {
        static Location of(StackTraceElement frame) {
            return new Location(Function.of(frame), Math.max(0, frame.getLineNumber()));
        }
    }

    private static final long PROGRAM = 1;
    private static final String NO_PROGRAM = "java";

    private static final Location OTHERS = new Location(new Function("[other call sites]", ""), 0);

    private final ProtoMessage profile = new ProtoMessage();
    private final Map<String, Long> strings = new LinkedHashMap<>();
    private final Map<Function, Long> functions = new LinkedHashMap<>();
    private final Map<Location, Long> locations = new LinkedHashMap<>();

    private PprofProfile() {
        index("");
    }

    /** Writes the profile of this moment to a {@link NewFile}, and answers its absolute path. */
    static Path write(String file) throws IOException {
        return NewFile.write(
                "profile",
                file,
                stream -> write(
                        Sampler.sites(),
                        program(),
                        Options.current().sample(),
                        Math.multiplyExact(System.currentTimeMillis(), 1_000_000L),
                        stream));
    }

    /** The main class or jar of this JVM, without its arguments: among them may be what is nobody else's business. */
    static String program() {
        return program(System.getProperty("sun.java.command", ""));
    }

    static String program(String command) {
        String program = command.strip().split(" ", 2)[0];
        return program.isEmpty() ? NO_PROGRAM : program;
    }

    /**
     * Writes a profile, and closes {@code stream}.
     *
     * @param program what ran
     * @param mean mean bytes between samples
     * @param timeNanos when the sites were so, since the epoch
     */
    static void write(List<LiveSite> sites, String program, long mean, long timeNanos, OutputStream stream)
            throws IOException {
        // Closed, not finished only: it holds native memory of zlib's until then.
        try (GZIPOutputStream gzip = new GZIPOutputStream(stream)) {
            gzip.write(new PprofProfile().encode(sites, program, mean, timeNanos));
        }
    }

    private byte[] encode(List<LiveSite> sites, String program, long mean, long timeNanos) {
        profile.message(PROFILE_SAMPLE_TYPE, type("alloc_objects", "count"));
        profile.message(PROFILE_SAMPLE_TYPE, type("alloc_space", "bytes"));
        profile.message(PROFILE_SAMPLE_TYPE, type("inuse_objects", "count"));
        profile.message(PROFILE_SAMPLE_TYPE, type("inuse_space", "bytes"));
        for (LiveSite site : sites) {
            profile.message(PROFILE_SAMPLE, sample(site));
        }
        profile.message(
                PROFILE_MAPPING,
                new ProtoMessage()
                        .number(MAPPING_ID, PROGRAM)
                        .number(MAPPING_FILENAME, index(program))
                        .number(MAPPING_HAS_FUNCTIONS, 1)
                        .number(MAPPING_HAS_FILENAMES, 1)
                        .number(MAPPING_HAS_LINE_NUMBERS, 1));
        profile.number(PROFILE_TIME_NANOS, timeNanos);
        profile.message(PROFILE_PERIOD_TYPE, type("space", "bytes"));
        profile.number(PROFILE_PERIOD, mean);
        profile.number(PROFILE_DEFAULT_SAMPLE_TYPE, index("inuse_space"));
        // Last, for what is above has filled them. The order of fields is free.
        locations.forEach(this::encode);
        functions.forEach(this::encode);
        strings.keySet().forEach(string -> profile.text(PROFILE_STRING_TABLE, string));
        return profile.toBytes();
    }

    private ProtoMessage type(String type, String unit) {
        return new ProtoMessage().number(VALUE_TYPE_TYPE, index(type)).number(VALUE_TYPE_UNIT, index(unit));
    }

    private ProtoMessage sample(LiveSite site) {
        List<Location> stack = site.frames().isEmpty()
                ? List.of(OTHERS)
                : site.frames().stream().map(Location::of).toList();
        long[] ids = stack.stream().mapToLong(this::id).toArray();
        return new ProtoMessage()
                .numbers(SAMPLE_LOCATION_ID, ids)
                .numbers(SAMPLE_VALUE, site.takenBlocks(), site.takenBytes(), site.liveBlocks(), site.liveBytes());
    }

    private void encode(Location location, long id) {
        ProtoMessage line = new ProtoMessage()
                .number(LINE_FUNCTION_ID, id(location.function()))
                .number(LINE_LINE, location.line());
        profile.message(
                PROFILE_LOCATION,
                new ProtoMessage()
                        .number(LOCATION_ID, id)
                        .number(LOCATION_MAPPING_ID, PROGRAM)
                        .message(LOCATION_LINE, line));
    }

    private void encode(Function function, long id) {
        long name = index(function.name());
        profile.message(
                PROFILE_FUNCTION,
                new ProtoMessage()
                        .number(FUNCTION_ID, id)
                        .number(FUNCTION_NAME, name)
                        .number(FUNCTION_SYSTEM_NAME, name)
                        .number(FUNCTION_FILENAME, index(function.file())));
    }

    /** From 1 on: 0 is none. */
    private long id(Location location) {
        return locations.computeIfAbsent(location, unseen -> locations.size() + 1L);
    }

    private long id(Function function) {
        return functions.computeIfAbsent(function, unseen -> functions.size() + 1L);
    }

    /** From 0 on: the first is empty, as the format demands. */
    private long index(String string) {
        return strings.computeIfAbsent(string, unseen -> (long) strings.size());
    }
}
