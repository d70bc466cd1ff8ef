package zonal.agent;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;
import zonal.allocator.Statistics;
import zonal.allocator.ZoneStatistics;

/**
 * A zone as a memory pool, as consoles list them: {@code used} is what is live, as asked for; {@code committed} is the zone's pages;
 * there is no most.
 *
 * <p>Peak and threshold are kept by looking: at each call here, and once a second while a threshold is set ({@link ZonePools}). What
 * comes and goes in between is not seen.
 *
 * <p>Thread-safe.
 */
final class ZonePool implements MemoryPoolMXBean {
    private static final long NO_MOST = -1;
    private static final MemoryUsage NOTHING = new MemoryUsage(0, 0, 0, NO_MOST);

    private final int zone;
    private final String name;
    private final Runnable onThreshold;

    private MemoryUsage peak = NOTHING;
    private long threshold;
    private boolean aboveThreshold;
    private long timesAbove;

    /** The pool of the zone that {@code Statistics} lists there; {@code onThreshold} runs each time that a threshold has been set. */
    ZonePool(int zone, String zoneName, Runnable onThreshold) {
        this.zone = zone;
        this.name = "Zonal " + zoneName;
        this.onThreshold = onThreshold;
    }

    /**
     * Takes note of the zone as it is in {@code statistics}.
     *
     * @return the usage, if it has reached the threshold since the last look, else null
     */
    synchronized @Nullable MemoryUsage look(Statistics statistics) {
        MemoryUsage usage = usage(statistics);
        boolean before = aboveThreshold;
        aboveThreshold = threshold > 0 && usage.getUsed() >= threshold;
        if (!aboveThreshold || before) {
            return null;
        }
        timesAbove++;
        return usage;
    }

    private synchronized MemoryUsage usage(Statistics statistics) {
        ZoneStatistics now = statistics.zones().get(zone);
        MemoryUsage usage = new MemoryUsage(0, now.liveBytes(), now.liveBytes() + now.freeBytes(), NO_MOST);
        if (usage.getUsed() >= peak.getUsed()) {
            peak = usage;
        }
        return usage;
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public MemoryType getType() {
        return MemoryType.NON_HEAP;
    }

    @Override
    public MemoryUsage getUsage() {
        return usage(Statistics.recent());
    }

    @Override
    public synchronized MemoryUsage getPeakUsage() {
        usage(Statistics.recent());
        return peak;
    }

    @Override
    public synchronized void resetPeakUsage() {
        peak = NOTHING;
        usage(Statistics.recent());
    }

    @Override
    public boolean isValid() {
        return true;
    }

    @Override
    public String[] getMemoryManagerNames() {
        return new String[] {ZonePools.MANAGER};
    }

    @Override
    public boolean isUsageThresholdSupported() {
        return true;
    }

    @Override
    public synchronized long getUsageThreshold() {
        return threshold;
    }

    @Override
    public void setUsageThreshold(long newThreshold) {
        if (newThreshold < 0) {
            throw new IllegalArgumentException("threshold " + newThreshold + ": must be 0 (none) or more bytes");
        }
        synchronized (this) {
            threshold = newThreshold;
            aboveThreshold = false;
        }
        onThreshold.run();
    }

    @Override
    public boolean isUsageThresholdExceeded() {
        long limit = getUsageThreshold();
        return limit > 0 && getUsage().getUsed() >= limit;
    }

    @Override
    public synchronized long getUsageThresholdCount() {
        return timesAbove;
    }

    @Override
    public @Nullable MemoryUsage getCollectionUsage() {
        return null;
    }

    @Override
    public boolean isCollectionUsageThresholdSupported() {
        return false;
    }

    @Override
    public long getCollectionUsageThreshold() {
        throw notCollected();
    }

    @Override
    public void setCollectionUsageThreshold(long newThreshold) {
        throw notCollected();
    }

    @Override
    public boolean isCollectionUsageThresholdExceeded() {
        throw notCollected();
    }

    @Override
    public long getCollectionUsageThresholdCount() {
        throw notCollected();
    }

    private static UnsupportedOperationException notCollected() {
        return new UnsupportedOperationException("no collector works on this pool");
    }

    @Override
    public ObjectName getObjectName() {
        try {
            return new ObjectName(ManagementFactory.MEMORY_POOL_MXBEAN_DOMAIN_TYPE + ",name=" + name);
        } catch (MalformedObjectNameException e) {
            throw new IllegalStateException(e); // the names of the zones are words
        }
    }
}
