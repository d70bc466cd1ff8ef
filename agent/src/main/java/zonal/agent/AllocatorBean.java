package zonal.agent;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import zonal.allocator.Options;
import zonal.allocator.Sampler;
import zonal.allocator.Statistics;
import zonal.allocator.ZoneStatistics;

/** The MXBean. Counts are read anew at each call; those of resident bytes may be shared by calls that come close together. */
final class AllocatorBean implements AllocatorMXBean {
    @Override
    public String show_alloc_mem() {
        return CutText.of(false, CutText.most(Runtime.getRuntime().maxMemory()));
    }

    @Override
    public String show_alloc_mem_ex() {
        return CutText.of(true, CutText.most(Runtime.getRuntime().maxMemory()));
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
        SharedTexts texts = new SharedTexts();
        return Sampler.liveSites(most).stream()
                .map(site -> SiteUsage.of(site, texts))
                .toList();
    }

    @Override
    public List<SiteGrowth> leakSuspects(long seconds) {
        SharedTexts texts = new SharedTexts();
        return Sampler.leakSuspects(seconds).stream()
                .map(suspect -> SiteGrowth.of(suspect, texts))
                .toList();
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
        for (ZoneStatistics zone : Statistics.recent().zones()) {
            zones.put(zone.name(), ZoneUsage.of(zone));
        }
        return zones;
    }

    @Override
    public long getLiveBytes() {
        return Statistics.recent().liveBytes();
    }

    @Override
    public long getLiveBlocks() {
        return Statistics.recent().liveBlocks();
    }

    @Override
    public long getMappedBytes() {
        return Statistics.recent().mappedBytes();
    }

    @Override
    public long getResidentBytes() {
        return Statistics.recent().residentBytes();
    }

    @Override
    public long getCachedBytes() {
        return Statistics.recent().cachedBytes();
    }

    @Override
    public long getMetadataBytes() {
        return Statistics.recent().metadataBytes();
    }

    @Override
    public long getThreadCacheBytes() {
        return Statistics.recent().threadCacheBytes();
    }

    @Override
    public long getAllocationCount() {
        return Statistics.recent().allocationCount();
    }

    @Override
    public long getFreeCount() {
        return Statistics.recent().freeCount();
    }

    @Override
    public long getForeignFreeCount() {
        return Statistics.recent().foreignFreeCount();
    }

    @Override
    public long getBadFreeCount() {
        return Statistics.recent().badFreeCount();
    }

    @Override
    public Map<String, String> getOptions() {
        return Options.current().asMap();
    }

    @Override
    public String getVersion() {
        return AgentJar.version();
    }
}
