package zonal.allocator;

import java.io.IOException;
import java.io.Writer;

/**
 * Text for a writer, gathered in one array: a listing is millions of short pieces, which then take no Java heap, and about half the time that a
 * {@code StringBuilder} takes them while the JIT has not compiled it yet. Not thread-safe.
 */
final class TextBuffer {

    /** Characters that are gathered before they are written. */
    static final int CHUNK = 8192;

    private static final int LONGEST_NUMBER = 20;

    private final Writer out;
    private final char[] chars = new char[CHUNK];
    private int length;

    TextBuffer(Writer out) {
        this.out = out;
    }

    TextBuffer append(String text) throws IOException {
        int done = 0;
        while (done < text.length()) {
            makeRoom(1);
            int here = Math.min(text.length() - done, CHUNK - length);
            text.getChars(done, done + here, chars, length);
            length += here;
            done += here;
        }
        return this;
    }

    TextBuffer append(char character) throws IOException {
        makeRoom(1);
        chars[length++] = character;
        return this;
    }

    /** Appends a number in decimal digits, 0 or more. */
    TextBuffer append(long number) throws IOException {
        makeRoom(LONGEST_NUMBER);
        int digits = 1;
        for (long left = number; left >= 10; left /= 10) {
            digits++;
        }
        length += digits;
        int at = length;
        long left = number;
        do {
            chars[--at] = (char) ('0' + left % 10);
            left /= 10;
        } while (left != 0);
        return this;
    }

    /** Appends a number in hexadecimal digits, without leading zeros. */
    TextBuffer appendHex(long number) throws IOException {
        makeRoom(LONGEST_NUMBER);
        int shift = (63 - Long.numberOfLeadingZeros(number | 1)) & ~3;
        for (; shift >= 0; shift -= 4) {
            chars[length++] = digit((int) (number >>> shift) & 15);
        }
        return this;
    }

    /** Appends a byte as two hexadecimal digits. */
    TextBuffer appendHexByte(int value) throws IOException {
        return append(digit(value >>> 4)).append(digit(value & 15));
    }

    private static char digit(int value) {
        return (char) (value < 10 ? '0' + value : 'a' + value - 10);
    }

    private void makeRoom(int more) throws IOException {
        if (length + more > CHUNK) {
            write();
        }
    }

    /** Writes what is gathered. */
    void write() throws IOException {
        out.write(chars, 0, length);
        length = 0;
    }
}
