package zonal.allocator;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import zonal.allocator.Moments.Moment;

/**
 * How much memory there was at earlier moments, for charts: one every ten seconds at first, further apart the longer ago.
 *
 * <p>Thread-safe. Looking costs the {@link Housekeeper} one to three milliseconds for each GiB: where that is much it looks less often, so that it
 * takes a thousandth of its time.
 */
public final class Growth {

    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int TIME_TO_COST = 1_000;

    private static final Moments<Statistics> MOMENTS = new Moments<>();

    /** Since when moments are noted, {@link System#nanoTime}: the first one comes an interval later. */
    private static long latest = System.nanoTime();

    private static long interval = INTERVAL_NANOS;

    private Growth() {}

    /**
     * One moment.
     *
     * @param epochMillis when it was
     * @param statistics the counts then
     */
    public record Point(long epochMillis, Statistics statistics) {}

    /** Notes the present moment, if it is time for one. */
    static synchronized void note() {
        long now = System.nanoTime();
        if (now - latest >= interval) {
            MOMENTS.add(now, Statistics.read());
            latest = now;
            interval = Math.max(INTERVAL_NANOS, (System.nanoTime() - now) * TIME_TO_COST);
        }
    }

    /** The moments that are kept, the earliest first, and the present one. */
    public static synchronized List<Point> points() {
        long millis = System.currentTimeMillis();
        List<Point> points = new ArrayList<>(points(MOMENTS.all(), System.nanoTime(), millis));
        points.add(new Point(millis, Statistics.read()));
        return points;
    }

    /** The moments as points, where it is {@code now} by the clock that they have and {@code millis} since the epoch. */
    static List<Point> points(List<Moment<Statistics>> moments, long now, long millis) {
        return moments.stream()
                .map(moment -> new Point(millis - TimeUnit.NANOSECONDS.toMillis(now - moment.at()), moment.note()))
                .toList();
    }
}
