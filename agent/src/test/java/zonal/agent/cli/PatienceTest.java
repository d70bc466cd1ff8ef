package zonal.agent.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class PatienceTest {
    @Test
    void whoDoesNotAnswerInTimeIsTold() throws Exception {
        CountDownLatch told = new CountDownLatch(1);
        try (Patience _ = new Patience(Duration.ofMillis(1), told::countDown)) {
            told.await();
        }
    }

    @Test
    void whoAnswersIsNotTold() throws Exception {
        AtomicBoolean told = new AtomicBoolean();
        Patience patience = new Patience(Duration.ofHours(1), () -> told.set(true));
        patience.close();
        assertTrue(patience.clock.join(Duration.ofMinutes(1)), "it waits on");
        assertFalse(told.get());
    }
}
