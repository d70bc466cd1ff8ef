package zonal.samples.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What the system says about this process.
 *
 * @param minorFaults page faults served without a disk, since the process began
 * @param residentKiB memory backed by physical memory now
 * @param peakKiB the most that ever was, or was since {@link #forgetPeak()}
 * @param mappings mappings of the address space
 */
record ProcessFigures(long minorFaults, long residentKiB, long peakKiB, long mappings) {
    private static final Path SELF = Path.of("/proc/self");
    /** Of /proc/self/stat, counted behind the command's closing bracket: see proc(5). */
    private static final int MINOR_FAULTS_FIELD = 8;

    private static final int USER_TICKS_FIELD = 12;
    private static final int SYSTEM_TICKS_FIELD = 13;
    /** The same on every Linux, whatever its kernel counts in: see time(7), USER_HZ. */
    private static final double NANOS_PER_TICK = 1e9 / 100;

    static ProcessFigures now() {
        return new ProcessFigures(minorFaultsNow(), status("VmRSS:"), status("VmHWM:"), mappingsNow());
    }

    /** What all threads have used of the processors; in steps of 10 ms. */
    static double cpuNanosNow() {
        return (stat(USER_TICKS_FIELD) + stat(SYSTEM_TICKS_FIELD)) * NANOS_PER_TICK;
    }

    static long minorFaultsNow() {
        return stat(MINOR_FAULTS_FIELD);
    }

    /** From here on the peak is counted anew; where the system can't, it stays the peak of the whole process. */
    static void forgetPeak() {
        try {
            Files.writeString(SELF.resolve("clear_refs"), "5");
        } catch (IOException e) {
            System.err.println("peak memory counts from the start of the process: " + e);
        }
    }

    /** If a library of this name is mapped. */
    static boolean isMapped(String library) {
        return read("maps").contains("/" + library);
    }

    private static long mappingsNow() {
        return read("maps").lines().count();
    }

    private static long stat(int field) {
        String stat = read("stat");
        return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 1).split(" ", -1)[field]);
    }

    private static long status(String key) {
        try (Stream<String> lines = read("status").lines()) {
            String line = lines.filter(each -> each.startsWith(key)).findFirst().orElseThrow();
            return Long.parseLong(line.replaceAll("\\D", ""));
        }
    }

    private static String read(String file) {
        try {
            return Files.readString(SELF.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
