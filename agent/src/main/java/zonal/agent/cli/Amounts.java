package zonal.agent.cli;

import java.util.Locale;

/** Numbers as a person reads them. */
final class Amounts {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

    /** From here on an amount would be rounded to 1,024.0 of its unit. */
    private static final double NEXT_UNIT = 1_023.95;

    private Amounts() {}

    /** {@code 27,045}. */
    static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /** {@code 1 block}, {@code 27,045 blocks}. */
    static String count(long count, String what) {
        return count(count) + plural(count, what);
    }

    /** {@code 512 B}, {@code 126.6 MiB}. */
    static String bytes(long bytes) {
        double amount = bytes;
        int unit = 0;
        while (Math.abs(amount) >= NEXT_UNIT && unit < UNITS.length - 1) {
            amount /= 1024;
            unit++;
        }
        return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%,.1f %s", amount, UNITS[unit]);
    }

    /** As {@link #count}, with its sign: {@code +12}, {@code 0}. */
    static String countChange(long change) {
        return (change > 0 ? "+" : "") + count(change);
    }

    /** As {@link #count(long, String)}, with its sign. */
    static String countChange(long change, String what) {
        return countChange(change) + plural(change, what);
    }

    private static String plural(long count, String what) {
        return " " + what + (Math.abs(count) == 1 ? "" : "s");
    }

    /** As {@link #bytes}, with its sign. */
    static String bytesChange(long change) {
        return (change > 0 ? "+" : "") + bytes(change);
    }

    /** So many in so long, as so many a second. */
    static String rate(long count, long nanos) {
        return count(Math.round(count * 1e9 / Math.max(1, nanos))) + "/s";
    }

    /** {@code 45 s}, {@code 12 min}, {@code 3 h}, {@code 2 d}. */
    static String age(long seconds) {
        if (seconds < 120) {
            return seconds + " s";
        }
        if (seconds < 120 * 60) {
            return seconds / 60 + " min";
        }
        return seconds < 48 * 3600 ? seconds / 3600 + " h" : seconds / 86_400 + " d";
    }
}
