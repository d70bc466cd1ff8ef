package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What option {@code huge-pages} asks of the system. */
@EnabledOnOs(OS.LINUX)
@Tag("once")
class HugePagesTest {

    @Test
    void hugePagesAreForLargeBlocksAndOnlyOnRequest() throws IOException {
        assumeThat(Files.readString(Path.of("/sys/kernel/mm/transparent_hugepage/enabled")))
                .doesNotContain("[never]");
        ChildJvm.Result off = ChildJvm.of(HugePagesRun.class, "pages").run().succeeded();
        assertThat(off.number("huge")).isZero();
        ChildJvm.Result advised = ChildJvm.of(HugePagesRun.class, "pages")
                .options("huge-pages=advise")
                .run()
                .succeeded();
        assertThat(advised.number("huge")).isGreaterThan(40L << 20);
        assertThat(advised.number("huge-after")).isZero();
        assertThat(advised.number("mappings-less"))
                .as("one mapping with its neighbours again")
                .isPositive();
    }

    /** Each run with huge pages is two mappings more: for 1,000 they are asked for, and for as many again when those are freed. */
    @Test
    void hugePagesAreAskedForAThousandLongBlocksAtATime() {
        ChildJvm.Result result = ChildJvm.of(HugePagesRun.class, "runs")
                .options("huge-pages=advise,sample=0") // what is sampled is not kept, whatever its pages
                .run()
                .succeeded();
        assertThat(result.number("asked-0")).isEqualTo(1_000);
        assertThat(result.number("asked-1")).isEqualTo(1_000);
        assertThat(result.number("grown")).isOne();
        assertThat(result.number("moved")).isOne();
    }
}
