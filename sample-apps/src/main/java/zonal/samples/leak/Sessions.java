package zonal.samples.leak;

import java.util.HashMap;
import java.util.Map;

/**
 * What is known of each visitor, off the Java heap. Here is the leak: {@link #renew} forgets the block that the visitor had. No tool that looks at
 * the Java heap sees it. Not thread-safe.
 */
final class Sessions {

    private static final int BYTES = 20_000;

    private final Map<Integer, Long> blocks = new HashMap<>();

    void visit(int visitor) {
        if (!blocks.containsKey(visitor)) {
            blocks.put(visitor, newBlock(visitor));
        }
    }

    /** A visitor who has been away for long gets a new session. */
    void renew(int visitor) {
        blocks.put(visitor, newBlock(visitor)); // and who frees the old one?
    }

    void leave(int visitor) {
        Long block = blocks.remove(visitor);
        if (block != null) {
            OffHeap.free(block);
        }
    }

    private static long newBlock(int visitor) {
        byte[] state = new byte[BYTES];
        state[0] = (byte) visitor;
        long block = OffHeap.allocate(BYTES);
        OffHeap.put(block, state);
        return block;
    }
}
