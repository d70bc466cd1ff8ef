package zonal.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import zonal.allocator.LiveSite;

class SharedTextsTest {
    @Test
    void whatReadsTheSameIsOneStringForAllSites() {
        SharedTexts texts = new SharedTexts();
        List<String> one = SiteUsage.of(site("put"), texts).frames();
        List<String> other = SiteUsage.of(site("get"), texts).frames();
        assertThat(one).containsExactly("A.put(A.java:1)", "A.main(A.java:1)");
        assertThat(other).containsExactly("A.get(A.java:1)", "A.main(A.java:1)");
        assertThat(other.getLast()).isSameAs(one.getLast());
    }

    private static LiveSite site(String method) {
        return new LiveSite(List.of(frame(method), frame("main")), 1, 1, 1, 1, 1, 1);
    }

    private static StackTraceElement frame(String method) {
        return new StackTraceElement("A", method, "A.java", 1);
    }
}
