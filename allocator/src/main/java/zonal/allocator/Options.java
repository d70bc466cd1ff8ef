package zonal.allocator;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The options, all in one place. Immutable.
 *
 * <table>
 * <caption>Keys, defaults and meanings</caption>
 * <tr><td>{@code tiny}, {@code small}</td><td>128, 1024</td><td>zone thresholds in bytes, multiples of 16, tiny &lt; small &lt;= 32k</td></tr>
 * <tr><td>{@code large}</td><td>packed</td><td>{@code packed} or {@code strict}</td></tr>
 * <tr><td>{@code large-cache}</td><td>64m</td><td>most bytes of freed mappings kept; with 64m, set or not, more while it is needed again and again ({@link RunPurge})</td></tr>
 * <tr><td>{@code huge-pages}</td><td>off</td><td>{@code off}, or {@code advise} for blocks of 2 MiB and more</td></tr>
 * <tr><td>{@code decay}</td><td>10s</td><td>how long free memory is kept; {@code 0s} is at once, {@code never} keeps it</td></tr>
 * <tr><td>{@code on-error}</td><td>report</td><td>{@code report}, {@code throw} or {@code abort}</td></tr>
 * <tr><td>{@code sample}</td><td>512k</td><td>mean bytes between sampled stacks; 0 is off</td></tr>
 * <tr><td>{@code zero-on-free}</td><td>off</td><td>{@code on}: memory is zeroed as it is freed, so that no later block shows it</td></tr>
 * <tr><td>{@code dump-on-exit}</td><td>none</td><td>file for show_alloc_mem when the JVM ends, in the place of an older one; {@code -} is stderr</td></tr>
 * </table>
 *
 * @param tiny largest TINY request, bytes
 * @param small largest SMALL request, bytes
 * @param large how LARGE blocks are kept
 * @param largeCache most bytes of freed LARGE memory kept resident; with the default's bytes, more for moments ({@link RunPurge})
 * @param hugePages whether the system is asked for huge pages
 * @param decayNanos how long free memory is kept before it goes back, nanoseconds; {@link #NEVER} keeps it
 * @param onError what a bad free or realloc does
 * @param sample mean bytes between sampled allocation stacks; 0 is off
 * @param zeroOnFree whether memory is zeroed as it is freed
 * @param dumpOnExit file for the dump at the JVM's end, {@code -} for stderr, or null
 */
public record Options(
        int tiny,
        int small,
        LargeMode large,
        long largeCache,
        HugePages hugePages,
        long decayNanos,
        ErrorMode onError,
        long sample,
        boolean zeroOnFree,
        @Nullable String dumpOnExit) {

    /** A decay that never comes. */
    public static final long NEVER = Long.MAX_VALUE;

    /** The options when nothing is said. */
    public static final Options DEFAULT = new Options(
            128,
            1024,
            LargeMode.PACKED,
            64L << 20,
            HugePages.OFF,
            10_000_000_000L,
            ErrorMode.REPORT,
            512L << 10,
            false,
            null);

    private static final int HIGHEST_SMALL = SizeClasses.MAX;
    private static final String BYTES = "bytes as a whole number, with k, m or g behind it if you like";
    private static final String PROPERTY = "zonal.";
    private static final String ALL_KEYS =
            "tiny, small, large, large-cache, huge-pages, decay, on-error, sample, zero-on-free, dump-on-exit";

    private static volatile Options current = DEFAULT;
    private static volatile boolean configured;

    /** The options in force. The allocator asks once, when it starts; from then on they can't be set. */
    public static Options current() {
        return current;
    }

    /** From now on the options can't be set. */
    static void freeze() {
        configured = true;
    }

    /**
     * Sets the options, once, before the allocator is first used: they are compiled in.
     *
     * @throws IllegalStateException if options were set before, or the allocator has been used
     */
    public static void configure(Options options) {
        synchronized (Options.class) {
            if (configured) {
                throw new IllegalStateException("zonal: the options are set or in use already: " + current.asMap());
            }
            current = options;
            configured = true;
        }
    }

    /**
     * Reads options as {@code key=value,key=value}, and for keys not named there the property {@code zonal.key}. A property {@code zonal.} whose
     * name has another dot is none of ours.
     *
     * @param properties the JVM's, or others; of those that have no string as their value nothing is read
     * @throws IllegalArgumentException with one line that names the key and the values it takes
     */
    public static Options parse(@Nullable String arguments, Properties properties) {
        Map<String, String> given = new LinkedHashMap<>();
        for (String name : properties.stringPropertyNames()) {
            String value = properties.getProperty(name);
            if (name.startsWith(PROPERTY) && name.indexOf('.', PROPERTY.length()) < 0 && value != null) {
                put(given, name.substring(PROPERTY.length()), value.strip());
            }
        }
        if (arguments != null && !arguments.isBlank()) {
            for (String argument : arguments.split(",", -1)) {
                int equals = argument.indexOf('=');
                String key = equals < 0 ? argument : argument.substring(0, equals);
                put(
                        given,
                        key.strip(),
                        equals < 0 ? "" : argument.substring(equals + 1).strip());
            }
        }
        return of(given);
    }

    private static void put(Map<String, String> given, String key, String value) {
        if (!List.of(ALL_KEYS.split(", ")).contains(key)) {
            throw new IllegalArgumentException("zonal: unknown option '" + key + "': the options are " + ALL_KEYS);
        }
        given.put(key, value);
    }

    private static Options of(Map<String, String> given) {
        int tiny = threshold(given, "tiny", DEFAULT.tiny, 16, HIGHEST_SMALL - 16, "less than small");
        int small = threshold(given, "small", DEFAULT.small, 32, HIGHEST_SMALL, "more than tiny");
        if (tiny >= small) {
            throw new IllegalArgumentException("zonal: tiny=" + tiny + " and small=" + small
                    + ": tiny must be less than small, both multiples of 16 up to 32k");
        }
        String file = given.get("dump-on-exit");
        if (file != null && file.isEmpty()) {
            throw wrong("dump-on-exit", file, "a file's name, or - for stderr");
        }
        return new Options(
                tiny,
                small,
                choice(given, "large", LargeMode.values(), DEFAULT.large),
                bytes(given, "large-cache", DEFAULT.largeCache, BYTES + ", such as 64m"),
                choice(given, "huge-pages", HugePages.values(), DEFAULT.hugePages),
                decay(given),
                choice(given, "on-error", ErrorMode.values(), DEFAULT.onError),
                bytes(given, "sample", DEFAULT.sample, BYTES + ", such as 512k; 0 is off"),
                isOn(given, "zero-on-free", DEFAULT.zeroOnFree),
                file);
    }

    private static int threshold(
            Map<String, String> given, String key, int preset, int least, int most, String besides) {
        String right = "bytes, a multiple of 16 from " + least + " to " + bytesText(most) + ", " + besides;
        long bytes = bytes(given, key, preset, right);
        if (bytes < least || bytes > most || bytes % 16 != 0) {
            throw wrong(key, given.getOrDefault(key, ""), right);
        }
        return (int) bytes;
    }

    private static long bytes(Map<String, String> given, String key, long preset, String right) {
        String text = given.get(key);
        if (text == null) {
            return preset;
        }
        String lower = text.toLowerCase(Locale.ROOT);
        int shift = lower.endsWith("k") ? 10 : lower.endsWith("m") ? 20 : lower.endsWith("g") ? 30 : 0;
        long number = digits(shift == 0 ? lower : lower.substring(0, lower.length() - 1));
        if (number < 0 || number > Long.MAX_VALUE >> shift) {
            throw wrong(key, text, right);
        }
        return number << shift;
    }

    private static long decay(Map<String, String> given) {
        String text = given.get("decay");
        if (text == null) {
            return DEFAULT.decayNanos;
        }
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.equals("never")) {
            return NEVER;
        }
        String unit = lower.endsWith("ms") ? "ms" : lower.endsWith("s") ? "s" : lower.endsWith("m") ? "m" : "";
        long nanos = switch (unit) {
            case "ms" -> 1_000_000L;
            case "s" -> 1_000_000_000L;
            case "m" -> 60_000_000_000L;
            default -> 0;
        };
        long number = digits(lower.substring(0, lower.length() - unit.length()));
        if (nanos == 0 || number < 0 || number >= NEVER / nanos) {
            throw wrong("decay", text, "a time such as 500ms, 10s or 2m, 0s for at once, or never");
        }
        return number * nanos;
    }

    /** The number that {@code text} is, or -1. */
    private static long digits(String text) {
        if (!text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return -1;
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) { // empty, or too large
            return -1;
        }
    }

    private static boolean isOn(Map<String, String> given, String key, boolean preset) {
        String text = given.getOrDefault(key, onOrOff(preset));
        if (!text.equals("on") && !text.equals("off")) {
            throw wrong(key, text, "on or off");
        }
        return text.equals("on");
    }

    private static String onOrOff(boolean on) {
        return on ? "on" : "off";
    }

    private static <E extends Enum<E>> E choice(Map<String, String> given, String key, E[] choices, E preset) {
        String text = given.get(key);
        if (text == null) {
            return preset;
        }
        StringBuilder names = new StringBuilder();
        for (E choice : choices) {
            String name = choice.name().toLowerCase(Locale.ROOT);
            if (name.equals(text)) {
                return choice;
            }
            names.append(names.isEmpty() ? "" : choice == choices[choices.length - 1] ? " or " : ", ")
                    .append(name);
        }
        throw wrong(key, text, names.toString());
    }

    private static IllegalArgumentException wrong(String key, String value, String right) {
        return new IllegalArgumentException(
                "zonal: option " + key + "=" + value + " is not valid: " + key + " takes " + right);
    }

    /** The options as text, in the form that {@link #parse} reads; keys in the table's order. */
    public Map<String, String> asMap() {
        Map<String, String> map = new LinkedHashMap<>();
        map.put("tiny", Integer.toString(tiny));
        map.put("small", Integer.toString(small));
        map.put("large", large.name().toLowerCase(Locale.ROOT));
        map.put("large-cache", bytesText(largeCache));
        map.put("huge-pages", hugePages.name().toLowerCase(Locale.ROOT));
        map.put("decay", decayText());
        map.put("on-error", onError.name().toLowerCase(Locale.ROOT));
        map.put("sample", bytesText(sample));
        map.put("zero-on-free", onOrOff(zeroOnFree));
        if (dumpOnExit != null) {
            map.put("dump-on-exit", dumpOnExit);
        }
        return map;
    }

    private String decayText() {
        if (decayNanos == NEVER) {
            return "never";
        }
        long millis = decayNanos / 1_000_000;
        return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
    }

    private static String bytesText(long bytes) {
        String[] units = {"", "k", "m", "g"};
        int unit = 0;
        while (unit < 3 && bytes != 0 && bytes % 1024 == 0) {
            bytes /= 1024;
            unit++;
        }
        return bytes + units[unit];
    }
}
