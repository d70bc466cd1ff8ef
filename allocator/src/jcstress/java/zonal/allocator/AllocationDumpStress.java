package zonal.allocator;

import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/**
 * {@link AllocationDump} while a thread frees a block and takes another where it was: each line is true of one moment. The two blocks are
 * of different classes and differ in their slack, so that a line that mixes what is known of them shows a size that neither has.
 */
@JCStressTest
@Outcome(
        id = {"none", "old", "new", "new old"},
        expect = Expect.ACCEPTABLE,
        desc = "The listing as a whole is not of one moment: a block may be passed by, or found in both its places.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A block that never was.")
@State
public class AllocationDumpStress {

    /** Old and new requests: of fine blocks, coarse blocks, and runs of as many OS pages, which one entry serves one after the other. */
    private static final int[][] SIZES = {{40, 100}, {1_500, 3_000}, {40_000, 40_100}};

    private static final String[] NAMES = {"old", "new"};

    /** The one live block, whatever the number of states that jcstress makes at once; only the actor that writes knows it. */
    private static long block;

    private static volatile int[] sizes = SIZES[0];
    private static boolean isNew;

    @Actor
    public void freeAndMalloc() {
        Allocator.free(block);
        giveToTheHeap();
        if (ThreadLocalRandom.current().nextInt(64) == 0) {
            sizes = SIZES[ThreadLocalRandom.current().nextInt(SIZES.length)];
        }
        isNew = !isNew;
        block = Allocator.malloc(sizes[isNew ? 1 : 0]);
    }

    /** Of fine and coarse blocks: only what the heap splits off anew changes its class. */
    private static void giveToTheHeap() {
        CacheTable.drainMine();
        CacheTable.drainShared(true);
    }

    @Actor
    public void dump(L_Result result) {
        Set<String> seen = Allocator.show_alloc_mem()
                .lines()
                .filter(line -> line.startsWith("0x"))
                .map(AllocationDumpStress::nameOf)
                .collect(Collectors.toCollection(TreeSet::new));
        result.r1 = seen.isEmpty() ? "none" : String.join(" ", seen);
    }

    private static String nameOf(String line) {
        for (int[] pair : SIZES) {
            for (int i = 0; i < pair.length; i++) {
                if (line.endsWith(" : " + pair[i] + " bytes")) {
                    return NAMES[i];
                }
            }
        }
        return line;
    }
}
