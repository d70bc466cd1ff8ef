package zonal.allocator;

import java.util.List;

/**
 * A call site whose live bytes have only grown for a while.
 *
 * @param frames the stack from the caller on, innermost first; empty for the blocks of all sites that could not be told apart
 * @param bytesThen live bytes at the beginning, estimated
 * @param bytesNow live bytes at the end, estimated
 * @param samplesThen live samples at the beginning
 * @param samplesNow live samples at the end
 * @param moments how many times the site was looked at, the beginning and the end among them: the more, the surer
 * @param seconds from the beginning to the end
 */
public record LeakSuspect(
        List<StackTraceElement> frames,
        long bytesThen,
        long bytesNow,
        long samplesThen,
        long samplesNow,
        int moments,
        long seconds) {

    /** The frames as text, innermost first; never empty. */
    public List<String> texts() {
        return LiveSite.texts(frames);
    }

    /** Bytes by which it has grown. */
    public long growth() {
        return bytesNow - bytesThen;
    }
}
