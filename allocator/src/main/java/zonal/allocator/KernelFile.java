package zonal.allocator;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The small text files in which the kernel tells of itself. Read at each start, so without regular expressions, streams and channels. */
final class KernelFile {
    private static final int MOST_BYTES_READ = 8192;
    private static final int MOST_DIGITS = 18;

    private KernelFile() {}

    /** Answers the beginning of a file, or null if it can't be read. */
    static @Nullable String read(String file) {
        // In one read: a file of the kernel's settings is at its end at any offset but 0, and readAllBytes first reads
        // one byte of it.
        try (InputStream in = new FileInputStream(file)) {
            return new String(in.readNBytes(MOST_BYTES_READ), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            return null;
        }
    }

    /**
     * Answers the whole number that follows {@code label} and spaces, or -1 if there is none: the label is missing, something else follows, or
     * the number has more than 18 digits.
     */
    static long number(String text, String label) {
        int at = text.indexOf(label);
        if (at < 0) {
            return -1;
        }
        at += label.length();
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
        int end = at;
        while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
            end++;
        }
        return end == at || end - at > MOST_DIGITS ? -1 : Long.parseLong(text.substring(at, end));
    }
}
