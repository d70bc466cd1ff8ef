package zonal.agent;

import java.io.IOException;
import java.io.Writer;
import zonal.allocator.AllocationDump;
import zonal.allocator.Statistics;

/**
 * The listing as a string, of bounded length: with a million blocks it would be 55 MB, several times over while JMX sends it. Where it is cut, a
 * line says so, and how to get the rest.
 */
final class CutText extends Writer {
    /** Most characters of the listing that are kept where the Java heap is large enough: some 5 million blocks. */
    static final int MOST = 256 << 20;

    /** Which part of the Java heap they may be: the text is there several times over while it grows, and while JMX sends it. */
    private static final int SHARE = 16;

    private static final class Full extends IOException {
        private static final long serialVersionUID = 1;

        Full() {
            super("full");
        }

        /** It ends a walk, and nobody looks where. */
        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }

    private final StringBuilder text = new StringBuilder();
    private final int most;

    private CutText(int most) {
        this.most = most;
    }

    /** The most characters for a Java heap of at most so many bytes. */
    static int most(long maxHeap) {
        return (int) Math.min(MOST, maxHeap / SHARE);
    }

    /** The listing; cut at the end of a line if it has more than {@code most} characters. The total comes last in any case. */
    static String of(boolean extended, int most) {
        CutText cut = new CutText(most);
        try {
            AllocationDump.write(cut, extended);
            return cut.text.toString();
        } catch (IOException e) {
            return cut.text.append(lastLines(cut.text.length(), extended)).toString();
        }
    }

    private static String lastLines(int length, boolean extended) {
        Statistics all = Statistics.read();
        return "Cut after " + length + " characters; live are " + all.liveBlocks() + " blocks. All of it: "
                + (extended ? "dumpExtended(file)" : "dump(file)")
                + ", or java -jar zonal-agent.jar " + ProcessId.read() + (extended ? " show-ex" : " show")
                + "\nTotal : " + all.liveBytes() + " bytes\n";
    }

    @Override
    public void write(char[] buffer, int from, int length) throws IOException {
        text.append(buffer, from, length);
        if (text.length() > most) {
            text.setLength(text.lastIndexOf("\n", most - 1) + 1);
            throw new Full();
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
