package zonal.agent.cli;

import java.io.BufferedOutputStream;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import zonal.allocator.PlainText;

/**
 * stdout: for a terminal with a little emphasis, for a pipe or a file as plain text. Not {@code System.out}, which keeps it to itself that
 * nobody reads any more, or that a disk is full.
 */
final class Output implements AutoCloseable {
    /** What was written could not be. */
    static final class Broken extends IOException {
        private static final long serialVersionUID = 1;

        Broken(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    private static final String ESCAPE = "\033[";

    private final OutputStream stream = new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16);
    private final Charset charset =
            Charset.forName(System.getProperty("stdout.encoding", "UTF-8"), Charset.defaultCharset());
    private final boolean terminal;
    private final boolean colour;
    private boolean inPicture;

    @SuppressWarnings("SystemConsoleNull") // JDK 25 answers null again where there is no terminal
    Output() {
        Console console = System.console();
        terminal = console != null && console.isTerminal() && !"dumb".equals(System.getenv("TERM"));
        String none = System.getenv("NO_COLOR");
        colour = terminal && (none == null || none.isEmpty());
    }

    /** Whether a person looks at it, through what obeys control sequences. */
    boolean isTerminal() {
        return terminal;
    }

    void line(String text) throws Broken {
        line("", text);
    }

    /** Writes a line that begins with something bold. */
    void line(String bold, String text) throws Broken {
        String beginning =
                colour && !bold.isEmpty() ? ESCAPE + "1m" + PlainText.of(bold) + ESCAPE + "0m" : PlainText.of(bold);
        // In a picture, what an older one left of the line goes.
        byte[] bytes = (beginning + PlainText.of(text) + (inPicture ? ESCAPE + "K\n" : "\n")).getBytes(charset);
        write(bytes, bytes.length);
    }

    void write(byte[] bytes, int length) throws Broken {
        try {
            stream.write(bytes, 0, length);
        } catch (IOException e) {
            throw new Broken(e);
        }
    }

    /** Writes what is gathered. */
    void flush() throws Broken {
        try {
            stream.flush();
        } catch (IOException e) {
            throw new Broken(e);
        }
    }

    /** On a terminal, starts a picture over the last one. */
    void home(boolean first) throws Broken {
        inPicture = true;
        control(first ? "?25l" + ESCAPE + "2J" + ESCAPE + "H" : "H");
    }

    /** On a terminal, ends a picture: what an older one left below goes. */
    void endOfPicture() throws Broken {
        inPicture = false;
        control("J");
        flush();
    }

    /** Has the cursor seen again. */
    void showCursor() throws Broken {
        control("?25h");
        flush();
    }

    private void control(String sequence) throws Broken {
        byte[] bytes = (ESCAPE + sequence).getBytes(charset);
        write(bytes, bytes.length);
    }

    /** Whether what is broken is a pipe whose reader has gone, as {@code head} does when it has seen enough. */
    static boolean isPipe() {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
            return target.startsWith("pipe:") || target.startsWith("socket:");
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() throws Broken {
        flush();
    }
}
