package zonal.samples.jvm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What Linux counts of a process' memory, all in bytes.
 *
 * @param resident what is in memory now ({@code VmRSS}): anonymous memory and pages of mapped files
 * @param anonymous the part of it that no file backs ({@code RssAnon}): heap, off-heap blocks, the JVM's own
 * @param peak the most that was ever resident ({@code VmHWM})
 */
public record ProcessMemory(long resident, long anonymous, long peak) {

    private static final long KIB = 1024;

    /** Reads it from {@code /proc}, for a process that runs. */
    public static ProcessMemory of(long pid) throws IOException {
        long resident = -1;
        long anonymous = -1;
        long peak = -1;
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
            if (line.startsWith("VmRSS:")) {
                resident = kibibytes(line);
            } else if (line.startsWith("RssAnon:")) {
                anonymous = kibibytes(line);
            } else if (line.startsWith("VmHWM:")) {
                peak = kibibytes(line);
            }
        }
        if (resident < 0 || anonymous < 0 || peak < 0) {
            throw new IOException("process " + pid + " has no memory");
        }
        return new ProcessMemory(resident, anonymous, peak);
    }

    /** Of a line such as {@code VmRSS:     395244 kB}, in bytes. */
    private static long kibibytes(String line) {
        return Long.parseLong(line.replaceAll("\\D", "")) * KIB;
    }
}
