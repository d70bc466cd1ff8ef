package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MessagesTest {
    private final PrintStream original = System.err;

    @AfterEach
    void restore() {
        System.setErr(original);
    }

    @Test
    void aThrowableIsToldInOneLineWithItsWords() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        Messages.print("no dump, ", new IllegalArgumentException("two\nlines, a\033[2J clear"));
        assertEquals(
                "zonal: no dump, two lines, a [2J clear" + System.lineSeparator(),
                bytes.toString(StandardCharsets.UTF_8));
    }

    @Test
    void whereStderrIsMissingOrThrowsTheLineIsDropped() {
        System.setErr(null);
        Messages.print("lost");
        System.setErr(new PrintStream(original) {
            @Override
            public void println(String line) {
                throw new IllegalStateException("closed by the application");
            }
        });
        Messages.print("lost");
    }

    @Test
    void whereOneWayToTheWordsFailsTheThrowableItselfIsTold() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        Messages.print("no dump, ", new IllegalStateException() {
            @Override
            public String getMessage() {
                throw new OutOfMemoryError("Metaspace");
            }

            @Override
            public String toString() {
                return "in its own words";
            }
        });
        assertEquals(
                "zonal: no dump, in its own words" + System.lineSeparator(), bytes.toString(StandardCharsets.UTF_8));
    }

    @Test
    void whereTheWordsOfWhyCannotBeHadTheLineIsDropped() {
        Messages.print("lost, ", new IllegalStateException() {
            @Override
            public String getMessage() {
                throw new OutOfMemoryError("Java heap space");
            }
        });
    }
}
