package zonal.samples.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import zonal.samples.jvm.ShownBlocks.Block;

class ShownBlocksTest {

    private static final String TEXT = """
            TINY : 0x7f10a0000000
            0x7f10a0000840 - 0x7f10a000086a : 42 bytes
            SMALL : 0x7f10a4000000
            0x7f10a4000840 - 0x7f10a4000c20 : 992 bytes
            LARGE : 0x7f10b0000000
            0x7f10b0000000 - 0x7f10b000be4f : 48719 bytes
            Total : 49753 bytes
            """;

    @Test
    void theTextOfTheContractIsUnderstood() {
        assertThat(ShownBlocks.parse(TEXT))
                .containsExactly(
                        new Block("TINY", 0x7f10a0000840L, 42),
                        new Block("SMALL", 0x7f10a4000840L, 992),
                        new Block("LARGE", 0x7f10b0000000L, 48719));
    }

    @Test
    void aBlockInAnotherZoneThanItsSizeIsRefused() {
        refused(TEXT.replace("SMALL : 0x7f10a4000000\n", ""), "wrong zone");
    }

    @Test
    void blocksThatOverlapAreRefused() {
        String block = "0x7f10a0000840 - 0x7f10a000086a : 42 bytes\n";
        refused(TEXT.replace(block, block + block), "not above");
    }

    @Test
    void aTotalThatDoesNotAddUpIsRefused() {
        refused(TEXT.replace("49753", "49754"), "not the sum, 49753");
    }

    @Test
    void aTextWithoutItsEndIsRefused() {
        refused(TEXT.replace("Total : 49753 bytes\n", ""), "Total");
    }

    private static void refused(String text, String why) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ShownBlocks.parse(text))
                .withMessageContaining(why);
    }
}
