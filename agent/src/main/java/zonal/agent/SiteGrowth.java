package zonal.agent;

import java.util.List;
import zonal.allocator.LeakSuspect;

/**
 * A call site whose live memory has only grown, as an open type. Bytes are estimated from the sample.
 *
 * @param frames the stack from the caller on, innermost first
 * @param bytesThen live bytes at the beginning
 * @param bytesNow live bytes now
 * @param samplesThen live samples at the beginning
 * @param samplesNow live samples now
 * @param moments how many times the site was looked at, the beginning and now among them
 * @param seconds from the beginning to now
 */
public record SiteGrowth(
        List<String> frames,
        long bytesThen,
        long bytesNow,
        long samplesThen,
        long samplesNow,
        int moments,
        long seconds) {
    static SiteGrowth of(LeakSuspect suspect, SharedTexts texts) {
        return new SiteGrowth(
                texts.of(suspect.texts()),
                suspect.bytesThen(),
                suspect.bytesNow(),
                suspect.samplesThen(),
                suspect.samplesNow(),
                suspect.moments(),
                suspect.seconds());
    }
}
