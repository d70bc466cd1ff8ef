package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import zonal.allocator.Allocator;

class CutTextTest {
    private static final int MOST = 20_000;

    @Test
    void noMoreLinesAreKeptThanThereIsRoomFor() {
        List<Long> blocks = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            blocks.add(Allocator.malloc(100));
        }
        String text = CutText.of(false, MOST);
        blocks.forEach(Allocator::free);
        int kept = text.indexOf("Cut after ");
        assertTrue(kept > MOST - 100 && kept <= MOST, text.substring(Math.max(0, kept)));
        assertEquals('\n', text.charAt(kept - 1));
    }

    @Test
    void theLineThatSaysSoNamesWhatHasAllOfIt() {
        long block = Allocator.malloc(100);
        String text = CutText.of(false, 1);
        String extended = CutText.of(true, 1);
        Allocator.free(block);
        String command =
                ", or java -jar zonal-agent.jar " + ProcessHandle.current().pid();
        assertTrue(text.contains("dump(file)" + command + " show\nTotal : "), text);
        assertTrue(extended.contains("dumpExtended(file)" + command + " show-ex\nTotal : "), extended);
    }

    @Test
    void thereIsRoomForASixteenthOfTheJavaHeapUpToAFixedSize() {
        assertEquals(4 << 20, CutText.most(64 << 20));
        assertEquals(CutText.MOST, CutText.most(1L << 40));
    }
}
