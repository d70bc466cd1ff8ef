package zonal.allocator;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * {@link LiveBlocks} while a thread resizes a run in place, which makes it live again without the lock: length and bytes belong together.
 *
 * <p>Results: runs that were seen, of which there is one; of them those that have another length than their bytes need.
 */
@JCStressTest
@Outcome(
        id = {"0, 0", "1, 0"},
        expect = Expect.ACCEPTABLE,
        desc = "As it was before or after, or passed by meanwhile.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A block that never was.")
@State
public class ResizedRunStress {

    private static final int LONG = 200_000;
    private static final int SHORT = 100_000;

    /** The one run, whatever the number of states that jcstress makes at once; only the actor that writes knows it. */
    private static long block = Allocator.malloc(LONG);

    private static boolean isShort;

    @Actor
    public void resize() {
        isShort = !isShort;
        block = Allocator.realloc(block, isShort ? SHORT : LONG);
    }

    @Actor
    public void look(II_Result result) {
        try {
            LiveBlocks.visit(new BlockVisitor() {
                @Override
                public void zone(Zone zone, long address) {}

                @Override
                public void block(long address, long bytes, long usable) {
                    if (RunHeap.contains(address)) {
                        result.r1++;
                        result.r2 += StrictMappings.mapped(bytes) == usable ? 0 : 1;
                    }
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e); // the visitor throws none
        }
    }
}
