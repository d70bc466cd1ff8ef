package zonal.samples.demo;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import zonal.samples.jvm.ShownBlocks.Block;

/**
 * The sizes that OHC must have asked for, worked out from what the driver knows: each entry is one block of 64 bytes of
 * OHC's own, the name rounded up to 8 bytes, and the value.
 */
final class ExpectedBlocks {

    private static final int OHC_HEADER = 64;
    private static final int OHC_KEY_UNIT = 8;
    private static final int TAG = 8;

    private final Map<Long, Integer> countOfSize = new HashMap<>();
    private int blocks;

    /** Of all entries that exist after {@code workload} has ended. */
    ExpectedBlocks(Corpus corpus, Workload workload) {
        for (int file = 0; file < corpus.size(); file++) {
            int revision = workload.revisionOf(file);
            if (!Revision.isRemoved(revision)) {
                add(corpus.name(file), Revision.length(corpus.content(file), revision));
                add(corpus.name(file), TAG);
            }
        }
    }

    /** How many blocks the cache's entries are. */
    int count() {
        return blocks;
    }

    /** How many of the expected blocks, each with its exact size, are among those shown. */
    int found(List<Block> shown) {
        Map<Long, Integer> missing = new HashMap<>(countOfSize);
        int found = 0;
        for (Block block : shown) {
            int left = missing.getOrDefault(block.size(), 0);
            if (left > 0) {
                missing.put(block.size(), left - 1);
                found++;
            }
        }
        return found;
    }

    private void add(String name, long value) {
        int key = name.getBytes(StandardCharsets.UTF_8).length;
        int paddedKey = (key + OHC_KEY_UNIT - 1) / OHC_KEY_UNIT * OHC_KEY_UNIT;
        countOfSize.merge(OHC_HEADER + paddedKey + value, 1, Integer::sum);
        blocks++;
    }
}
