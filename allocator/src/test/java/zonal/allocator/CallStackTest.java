package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CallStackTest {

    @Test
    void theJvmsFormOfAStackIsKnownWhereTheJdksInternalsAreOpen() {
        assertThat(CallStack.READABLE).isEqualTo(ChildJvm.hasInternalAccess());
    }

    @Test
    void stacksOfOnePlaceHaveOneHash() {
        long[] hashes = new long[3];
        for (int i = 0; i < hashes.length; i++) {
            hashes[i] = CallStack.here().hash();
        }
        assertThat(hashes[1]).isEqualTo(hashes[0]);
        assertThat(hashes[2]).isEqualTo(hashes[0]);
    }

    @Test
    void stacksOfTwoPlacesHaveTwo() {
        long one = CallStack.here().hash();
        long other = CallStack.here().hash();
        assertThat(other).isNotEqualTo(one);
        assertThat(throughOne().hash()).isNotEqualTo(throughOther().hash());
    }

    private static CallStack throughOne() {
        return CallStack.here();
    }

    private static CallStack throughOther() {
        return CallStack.here();
    }

    @Test
    void aDifferenceFarOutIsSeenUpToTheMostFramesThatAreKept() {
        assertThat(far(40, true).hash()).isNotEqualTo(far(40, false).hash());
        assertThat(far(100, true).hash()).isEqualTo(far(100, false).hash());
    }

    private static CallStack far(int frames, boolean one) {
        if (one) {
            return deep(frames);
        }
        return deep(frames);
    }

    private static CallStack deep(int frames) {
        return frames == 0 ? CallStack.here() : deep(frames - 1);
    }

    @Test
    void framesAboveTheCallerAreLeftOut() {
        assertThat(callers(
                        "zonal.allocator.Sampler",
                        "zonal.allocator.Malloc",
                        "zonal.agent.hook.UnsafeHook",
                        "jdk.internal.misc.Unsafe",
                        "java.nio.DirectByteBuffer",
                        "java.nio.ByteBuffer",
                        "com.example.Server",
                        "java.nio.Bits",
                        "java.lang.Thread"))
                .containsExactly("com.example.Server", "java.nio.Bits", "java.lang.Thread");
        assertThat(callers(
                        "zonal.allocator.Malloc",
                        "jdk.internal.misc.Unsafe",
                        "jdk.internal.foreign.SegmentFactories",
                        "jdk.internal.foreign.ArenaImpl",
                        "java.lang.foreign.SegmentAllocator",
                        "com.example.Server"))
                .containsExactly("com.example.Server");
        assertThat(callers("zonal.allocator.Allocator", "zonal.allocator.ZoneArena", "zonal.samples.demo.Store"))
                .containsExactly("zonal.samples.demo.Store");
        assertThat(callers("jdk.internal.misc.Unsafe", "sun.misc.Unsafe", "org.example.Table"))
                .containsExactly("org.example.Table");
    }

    @Test
    void whereThereIsNobodyButTheJdkItsFramesStay() {
        assertThat(callers(
                        "zonal.allocator.Malloc", "jdk.internal.misc.Unsafe", "sun.nio.ch.EPoll", "sun.nio.ch.Poller"))
                .containsExactly("sun.nio.ch.EPoll", "sun.nio.ch.Poller");
    }

    private static List<String> callers(String... classes) {
        StackTraceElement[] frames = new StackTraceElement[classes.length];
        for (int i = 0; i < frames.length; i++) {
            frames[i] = new StackTraceElement(classes[i], "method", "File.java", i + 1);
        }
        return CallStack.callers(frames).stream()
                .map(StackTraceElement::getClassName)
                .toList();
    }

    @Test
    void noMoreFramesAreKeptThanTheHashTellsApart() {
        assertThat(deep(200).getStackTrace()).hasSizeGreaterThan(200);
        assertThat(deep(200).callers()).hasSizeLessThanOrEqualTo(CallStack.MOST_FRAMES);
    }
}
