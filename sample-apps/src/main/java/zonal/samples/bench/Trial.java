package zonal.samples.bench;

import java.util.Optional;

/**
 * One JVM's turn.
 *
 * @param repeat 1 for the first
 * @param measurement what it measured, if all went well
 * @param failure what went wrong, in one line; empty for nothing
 */
record Trial(String workload, String allocator, int repeat, Optional<Measurement> measurement, String failure) {
    static final String COLUMNS = "workload\tallocator\trepeat\t" + Measurement.COLUMNS + "\tfailure";

    /** The values of {@link #COLUMNS}. */
    String columns() {
        String nothing = Measurement.COLUMNS.replaceAll("[^\t]", "");
        return workload + "\t" + allocator + "\t" + repeat + "\t"
                + measurement.map(Measurement::columns).orElse(nothing) + "\t" + failure;
    }
}
