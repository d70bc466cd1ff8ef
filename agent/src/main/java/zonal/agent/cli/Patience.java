package zonal.agent.cli;

import java.time.Duration;
import zonal.allocator.PlainText;

/**
 * Says once, after a while, that a JVM has not answered yet. It is waited for all the same: it may be collecting garbage, or be a paused
 * container's.
 */
final class Patience implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    /** It ends when the wait does, or when it has told. */
    final Thread clock;

    /** Begins to wait for {@code process}. */
    Patience(JavaProcess process) {
        this(
                LIMIT,
                () -> System.err.println("zonal: " + PlainText.of(process.toString()) + " has not answered for "
                        + LIMIT.toSeconds() + " s, it may be frozen or very busy; waiting on, Ctrl-C ends"));
    }

    Patience(Duration limit, Runnable end) {
        clock = Thread.ofPlatform().daemon().name("zonal-patience").start(() -> {
            try {
                Thread.sleep(limit);
                end.run();
            } catch (InterruptedException e) {
                // it has answered
            }
        });
    }

    /** Ends the wait. */
    @Override
    public void close() {
        clock.interrupt();
    }
}
