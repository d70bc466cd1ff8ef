package zonal.allocator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the system says of this process ({@code /proc/self}). */
final class SystemView {

    private SystemView() {}

    /** Mappings of the process. */
    static long mappings() {
        return read("maps").lines().count();
    }

    /** Mappings that begin between two addresses. */
    static long mappings(long from, long to) {
        return read("maps")
                .lines()
                .filter(line -> startsBetween(line, from, to))
                .count();
    }

    /** Page faults so far that needed no I/O. */
    static long minorFaults() {
        String stat = read("stat");
        return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[7]);
    }

    /** A line of {@code status} in KiB, such as {@code VmRSS}. */
    static long statusKib(String key) {
        return kib(
                read("status")
                        .lines()
                        .filter(line -> line.startsWith(key + ":"))
                        .toList(),
                key);
    }

    /** Bytes of a kind ({@code Size}, {@code Rss}, {@code AnonHugePages}) of the readable mappings between two addresses. */
    static long smaps(String key, long from, long to) {
        long bytes = 0;
        boolean inside = false;
        for (String line : read("smaps").lines().toList()) {
            if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
                inside = startsBetween(line, from, to) && line.contains(" rw");
            } else if (inside && line.startsWith(key + ":")) {
                bytes += kib(List.of(line), key) << 10;
            }
        }
        return bytes;
    }

    /** Whether the mapping of which a line tells begins there. */
    private static boolean startsBetween(String line, long from, long to) {
        long start = Long.parseUnsignedLong(line.substring(0, line.indexOf('-')), 16);
        return Long.compareUnsigned(start, from) >= 0 && Long.compareUnsigned(start, to) < 0;
    }

    private static long kib(List<String> lines, String key) {
        if (lines.isEmpty()) {
            throw new AssertionError("no " + key);
        }
        return Long.parseLong(lines.getFirst().replaceAll("[^0-9]", ""));
    }

    private static String read(String file) {
        try {
            return Files.readString(Path.of("/proc/self", file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
