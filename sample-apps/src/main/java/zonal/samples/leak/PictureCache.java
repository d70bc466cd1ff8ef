package zonal.samples.leak;

import java.util.LinkedHashMap;
import java.util.Map;

/** The pictures that were asked for last, off the Java heap. Sound: what is evicted is freed. Not thread-safe. */
final class PictureCache {

    private final Map<Integer, Long> blocks = new LinkedHashMap<>(16, 0.75f, true);
    private final int most;

    /** @param most pictures that are kept */
    PictureCache(int most) {
        this.most = most;
    }

    boolean contains(int picture) {
        return blocks.get(picture) != null;
    }

    void put(int picture, byte[] bytes) {
        long block = OffHeap.allocate(bytes.length);
        OffHeap.put(block, bytes);
        Long replaced = blocks.put(picture, block);
        if (replaced != null) {
            OffHeap.free(replaced);
        }
        if (blocks.size() > most) {
            Integer eldest = blocks.keySet().iterator().next();
            Long evicted = blocks.remove(eldest);
            if (evicted != null) {
                OffHeap.free(evicted);
            }
        }
    }
}
