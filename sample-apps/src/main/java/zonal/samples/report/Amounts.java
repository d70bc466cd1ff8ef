package zonal.samples.report;

import java.util.Locale;

/** Numbers as a person reads them. */
public final class Amounts {

    private Amounts() {}

    /** A count with thousands separators: {@code 27,045}. */
    public static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /** Bytes as mebibytes with one decimal: {@code 126.6 MiB}. */
    public static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%,.1f MiB", bytes / (double) (1 << 20));
    }

    /** Nanoseconds as seconds with one decimal: {@code 12.3 s}. */
    public static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%,.1f s", nanos / 1e9);
    }
}
