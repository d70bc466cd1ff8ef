package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import zonal.agent.apps.Churn;
import zonal.agent.apps.MarkedBlocks;
import zonal.agent.apps.Sites;

/** What Flight Recorder records of the samples: their stacks, their weights, and not too many under load. */
class AllocationSampleIT {
    private static final List<String> WAY_TO_UNSAFE =
            List.of("zonal.agent.apps.RawMemory", "java.lang.reflect.", "java.lang.invoke.", "jdk.internal.reflect.");

    @TempDir
    Path folder;

    @Test
    void theSamplesOfARecordingHaveTheStacksOfTheirCallersAndWeighWhatWasAskedFor() throws Exception {
        Path file = folder.resolve("samples.jfr");
        // So rare that there are fewer than 4,000 samples in all: beyond that in a second, the sampler takes coarser
        // ones.
        Jvm jvm = new Jvm(folder)
                .agent("sample=128k")
                .option(
                        "-XX:StartFlightRecording:settings=none,+zonal.AllocationSample#enabled=true,"
                                + "+zonal.AllocationSample#throttle=off,+zonal.AllocationSample#stackTrace=true,filename="
                                + file,
                        "-Xlog:jfr+startup=off")
                .app(Sites.class);
        try (Jvm.Running running = jvm.start()) {
            running.awaitLine("ready");
            running.proceed();
            running.proceed();
            assertEquals(0, running.join().exitCode());
        }
        Map<String, List<RecordedEvent>> byMethod = FlightRecorderIT.events(file, "zonal.AllocationSample").stream()
                .collect(Collectors.groupingBy(AllocationSampleIT::caller));
        // The bounds are five standard errors: sqrt((1 - p) / (p * blocks)), each block sampled with probability p.
        assertWeigh(byMethod, "takeTiny", Sites.TINY_BYTES, 0.38);
        assertWeigh(byMethod, "takeBuffers", Sites.BUFFER_BYTES_AT_LAST, 0.105);
        assertWeigh(byMethod, "takeSegments", Sites.SEGMENT_BYTES, 0.29);
        assertWeigh(byMethod, "takeAndFree", 20_000 * 5_000, 0.18);
        assertWeigh(byMethod, "takeInAnotherThread", Sites.LARGE_BYTES, 1e-6);
        RecordedEvent other =
                byMethod.getOrDefault("takeInAnotherThread", List.of()).getFirst();
        assertEquals(Sites.THREAD, other.getThread().getJavaName());
        assertEquals(Sites.LARGE_BYTES, other.getLong("bytes"));
        long address = other.getLong("address"); // of a run, which begins at an OS page
        assertTrue(address > 0 && address % 4_096 == 0, other.toString());
    }

    private static void assertWeigh(
            Map<String, List<RecordedEvent>> byMethod, String method, long bytes, double bound) {
        List<RecordedEvent> samples = byMethod.getOrDefault(method, List.of());
        double weight =
                samples.stream().mapToLong(event -> event.getLong("weight")).sum();
        assertTrue(Math.abs(weight - bytes) <= bound * bytes, method + ": " + weight + " for " + bytes);
        samples.forEach(event -> FlightRecorderIT.assertStackOf(
                Sites.class, method, event.getStackTrace().getFrames()));
    }

    /**
     * The innermost method, but for the test application's own way to Unsafe, which is a reflective call; all of the stack, if that is not the
     * application's.
     */
    private static String caller(RecordedEvent event) {
        List<RecordedFrame> frames = event.getStackTrace().getFrames().stream()
                .dropWhile(frame -> WAY_TO_UNSAFE.stream()
                        .anyMatch(way -> FlightRecorderIT.type(frame).startsWith(way)))
                .toList();
        RecordedFrame first = frames.getFirst();
        return FlightRecorderIT.type(first).equals(Sites.class.getName())
                ? first.getMethod().getName()
                : frames.toString();
    }

    @Test
    void underLoadSamplesAreThrottledAndEachHasItsThreadAndStack() throws Exception {
        Path file = folder.resolve("load.jfr");
        long nanos;
        try (Jvm.Running running =
                new Jvm(folder).agent("sample=64k").app(Churn.class).start()) {
            running.awaitLine("ready");
            long start = System.nanoTime();
            FlightRecorderIT.jcmd(folder, running, "JFR.start", "name=load");
            Thread.sleep(2_000);
            FlightRecorderIT.jcmd(folder, running, "JFR.stop", "name=load", "filename=" + file);
            nanos = System.nanoTime() - start;

            // As many as there are, for as long: so the throttle had something to do.
            FlightRecorderIT.jcmd(
                    folder,
                    running,
                    "JFR.start",
                    "name=all",
                    "settings=none",
                    "+zonal.AllocationSample#throttle=off",
                    "+zonal.AllocationSample#enabled=true");
            Thread.sleep(2_000);
            FlightRecorderIT.jcmd(folder, running, "JFR.stop", "name=all", "filename=" + folder.resolve("all.jfr"));
            running.proceed();
            Jvm.Result result = running.join();
            assertEquals("0", Jvm.line(result.out(), "damaged "));
            assertEquals("", ManagementIT.withoutUnsafeWarning(result.err()));
        }
        List<RecordedEvent> samples = ofChurn(file);
        double seconds = nanos / 1e9;
        assertTrue(
                samples.size() > 50 && samples.size() <= 100 * (seconds + 1), samples.size() + " in " + seconds + " s");
        assertTrue(ofChurn(folder.resolve("all.jfr")).size() > 2 * samples.size(), "nothing to throttle");
        for (RecordedEvent sample : samples) {
            FlightRecorderIT.assertStackOf(
                    Churn.class, "churn", sample.getStackTrace().getFrames());
            assertTrue(sample.getThread().getJavaName().startsWith("Thread-"), sample.toString());
            assertTrue(sample.getLong("weight") >= sample.getLong("bytes"), sample.toString());
        }
    }

    private static List<RecordedEvent> ofChurn(Path file) throws Exception {
        return FlightRecorderIT.events(file, "zonal.AllocationSample").stream()
                .filter(sample -> MarkedBlocks.isSize(sample.getLong("bytes")))
                .toList();
    }
}
