package zonal.samples.bench;

import java.util.Optional;

/**
 * What one JVM measured.
 *
 * @param operations how many were timed
 * @param nanosPerOperation of wall time, whatever the number of threads
 * @param cpuNanosPerOperation of processor time, of all threads; far from the wall time on a busy machine
 * @param faults minor page faults while the time was taken
 * @param baselineKiB resident before the workload
 * @param peakKiB most that was resident while it ran
 * @param afterKiB resident when everything was freed
 * @param mappings of the address space, before everything was freed
 */
record Measurement(
        long operations,
        double nanosPerOperation,
        double cpuNanosPerOperation,
        long faults,
        long baselineKiB,
        long peakKiB,
        long afterKiB,
        long mappings) {
    static final String COLUMNS = "operations\tns/op\tcpu ns/op\tminflt\tbaseline KiB\tpeak KiB\tafter KiB\tmappings";

    private static final String MARK = "measured\t";
    private static final double KIB_PER_MIB = 1_024;

    /**
     * How much the workload added at most, in MiB. The memory of the JVM's compilers grows by some 8 MiB meanwhile; the agent's classes had it
     * grow before.
     */
    double peakMiB() {
        return (peakKiB - baselineKiB) / KIB_PER_MIB;
    }

    /** The most that the whole process held while the workload ran, in MiB. */
    double processMiB() {
        return peakKiB / KIB_PER_MIB;
    }

    /** How much was left of it, in MiB. */
    double afterMiB() {
        return (afterKiB - baselineKiB) / KIB_PER_MIB;
    }

    double faultsPerThousand() {
        return 1_000.0 * faults / operations;
    }

    /** The line that a worker prints. */
    String line() {
        return MARK + columns();
    }

    /** The values of {@link #COLUMNS}. */
    String columns() {
        return operations + "\t" + nanosPerOperation + "\t" + cpuNanosPerOperation + "\t" + faults + "\t" + baselineKiB
                + "\t" + peakKiB + "\t" + afterKiB + "\t" + mappings;
    }

    /** What a worker's output says, if it came as far. */
    static Optional<Measurement> in(String output) {
        return output.lines()
                .filter(line -> line.startsWith(MARK))
                .findFirst()
                .map(line -> parse(line.substring(MARK.length()).split("\t", -1)));
    }

    private static Measurement parse(String[] values) {
        return new Measurement(
                Long.parseLong(values[0]),
                Double.parseDouble(values[1]),
                Double.parseDouble(values[2]),
                Long.parseLong(values[3]),
                Long.parseLong(values[4]),
                Long.parseLong(values[5]),
                Long.parseLong(values[6]),
                Long.parseLong(values[7]));
    }
}
