package zonal.agent;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Frames as text, one string for all that read the same: all sites together have hundreds of thousands of frames, few of them distinct, and an
 * answer to a JMX client is in the application's heap as a whole. Not thread-safe.
 */
final class SharedTexts {
    private final Map<String, String> texts = new HashMap<>();

    /** The same texts, in strings that are shared with those of earlier calls. */
    List<String> of(List<String> frames) {
        return frames.stream()
                .map(frame -> texts.computeIfAbsent(frame, first -> first))
                .toList();
    }
}
