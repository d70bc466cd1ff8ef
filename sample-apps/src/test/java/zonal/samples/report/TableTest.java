package zonal.samples.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class TableTest {

    @Test
    void namesAreFlushLeftAndNumbersFlushRight() {
        assertThat(new Table("", "stock", "agent")
                        .row("time", "1.0 s", "12.0 s")
                        .toString())
                .isEqualTo("""
                       stock    agent
                ---------------------
                time   1.0 s   12.0 s
                """);
    }

    @Test
    void aRowOfAnotherWidthIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Table("a", "b").row("1"));
    }
}
