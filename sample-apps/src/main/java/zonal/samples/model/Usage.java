package zonal.samples.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import zonal.samples.jvm.ProcessMemory;

/**
 * What a test program used, as {@code /usr/bin/time} prints it: page faults and the most resident memory.
 *
 * <p>A JVM faults thousands of times before {@code main}, and its compiler and collector go on while the program runs. So the
 * faults of the program's own thread between {@link #begin} and {@link #print} are counted apart.
 */
final class Usage {

    static final String LOOP_FAULTS = "page faults of the loop";
    static final String PROCESS_FAULTS = "page faults of the process";
    static final String PEAK = "maximum resident set size, bytes";

    private static final Path THREAD = Path.of("/proc/thread-self/stat");
    private static final Path PROCESS = Path.of("/proc/self/stat");

    /** Where {@code minflt} stands in a stat line, counted from behind the program's name. */
    private static final int MINOR_FAULTS = 7;

    private final long begin;

    private Usage(long begin) {
        this.begin = begin;
    }

    /** Begins to count. What both the counting and the programs need of the JVM is loaded before. */
    static Usage begin() {
        CMemory.load();
        minorFaults(THREAD);
        return new Usage(minorFaults(THREAD));
    }

    /** Ends counting, and prints. */
    void print() {
        long loop = minorFaults(THREAD) - begin;
        System.out.println(LOOP_FAULTS + ": " + loop);
        System.out.println(PROCESS_FAULTS + ": " + minorFaults(PROCESS));
        System.out.println(PEAK + ": " + peak());
    }

    private static long minorFaults(Path stat) {
        try {
            String line = Files.readString(stat);
            String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", MINOR_FAULTS + 2);
            return Long.parseLong(fields[MINOR_FAULTS]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long peak() {
        try {
            return ProcessMemory.of(ProcessHandle.current().pid()).peak();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
