package zonal.agent;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import zonal.allocator.Options;
import zonal.allocator.Sampler;
import zonal.allocator.Statistics;
import zonal.allocator.ZoneStatistics;

/** The MXBean: each call reads the allocator anew. */
final class AllocatorBean implements AllocatorMXBean {
    @Override
    public String show_alloc_mem() {
        return CutText.of(false, CutText.MOST);
    }

    @Override
    public String show_alloc_mem_ex() {
        return CutText.of(true, CutText.MOST);
    }

    @Override
    public String dump(String file) throws IOException {
        return DumpFile.write(file, false).toString();
    }

    @Override
    public String dumpExtended(String file) throws IOException {
        return DumpFile.write(file, true).toString();
    }

    @Override
    public void detach() {
        Attachment.detach();
    }

    @Override
    public void attach() {
        Attachment.attach();
    }

    @Override
    public boolean isAttached() {
        return Attachment.isAttached();
    }

    @Override
    public List<SiteUsage> liveSites(int most) {
        return Sampler.liveSites(most).stream().map(SiteUsage::of).toList();
    }

    @Override
    public List<SiteGrowth> leakSuspects(long seconds) {
        return Sampler.leakSuspects(seconds).stream().map(SiteGrowth::of).toList();
    }

    @Override
    public String report(String file) throws IOException {
        return Report.write(file).toString();
    }

    @Override
    public String pprof(String file) throws IOException {
        return PprofProfile.write(file).toString();
    }

    @Override
    public String collapsed(String file) throws IOException {
        return CollapsedStacks.write(file).toString();
    }

    @Override
    public Map<String, ZoneUsage> getZones() {
        Map<String, ZoneUsage> zones = new LinkedHashMap<>();
        for (ZoneStatistics zone : Statistics.read().zones()) {
            zones.put(zone.name(), ZoneUsage.of(zone));
        }
        return zones;
    }

    @Override
    public long getLiveBytes() {
        return Statistics.read().liveBytes();
    }

    @Override
    public long getLiveBlocks() {
        return Statistics.read().liveBlocks();
    }

    @Override
    public long getMappedBytes() {
        return Statistics.read().mappedBytes();
    }

    @Override
    public long getResidentBytes() {
        return Statistics.read().residentBytes();
    }

    @Override
    public long getCachedBytes() {
        return Statistics.read().cachedBytes();
    }

    @Override
    public long getMetadataBytes() {
        return Statistics.read().metadataBytes();
    }

    @Override
    public long getThreadCacheBytes() {
        return Statistics.read().threadCacheBytes();
    }

    @Override
    public long getAllocationCount() {
        return Statistics.read().allocationCount();
    }

    @Override
    public long getFreeCount() {
        return Statistics.read().freeCount();
    }

    @Override
    public long getForeignFreeCount() {
        return Statistics.read().foreignFreeCount();
    }

    @Override
    public long getBadFreeCount() {
        return Statistics.read().badFreeCount();
    }

    @Override
    public Map<String, String> getOptions() {
        return Options.current().asMap();
    }

    @Override
    public String getVersion() {
        return Presence.version();
    }
}
