package zonal.samples.jvm;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text of {@code show_alloc_mem}, read back and judged: zones in order, addresses ascending, sizes that belong to their
 * zone and to their addresses, no two blocks that overlap, and a total that adds up.
 */
public final class ShownBlocks {

    /** One line of the text. {@code size} is in bytes, as requested. */
    public record Block(String zone, long address, long size) {}

    private static final Pattern ZONE = Pattern.compile("(TINY|SMALL|LARGE) : 0x([0-9a-f]+)");
    private static final Pattern BLOCK = Pattern.compile("0x([0-9a-f]+) - 0x([0-9a-f]+) : (\\d+) bytes");
    private static final Pattern TOTAL = Pattern.compile("Total : (\\d+) bytes");

    private static final List<String> ZONES = List.of("TINY", "SMALL", "LARGE");
    private static final int HEXADECIMAL = 16;

    private final List<Block> blocks = new ArrayList<>();
    private String zone = "";
    private long total = -1;

    private ShownBlocks() {}

    /**
     * Reads the text of an allocator with the default thresholds.
     *
     * @throws IllegalArgumentException if a line is wrong; the message quotes it
     */
    public static List<Block> parse(String text) {
        ShownBlocks shown = new ShownBlocks();
        text.lines().forEach(shown::line);
        shown.checkTotal();
        return List.copyOf(shown.blocks);
    }

    private void line(String line) {
        check(total < 0, "after the total", line);
        Matcher zoneLine = ZONE.matcher(line);
        Matcher blockLine = BLOCK.matcher(line);
        Matcher totalLine = TOTAL.matcher(line);
        if (zoneLine.matches()) {
            check(ZONES.indexOf(zoneLine.group(1)) > ZONES.indexOf(zone), "out of order", line);
            zone = zoneLine.group(1);
        } else if (blockLine.matches()) {
            block(address(blockLine.group(1)), address(blockLine.group(2)), Long.parseLong(blockLine.group(3)), line);
        } else if (totalLine.matches()) {
            total = Long.parseLong(totalLine.group(1));
        } else {
            check(false, "not understood", line);
        }
    }

    private void block(long start, long end, long size, String line) {
        check(end - start == size, "size and addresses differ", line);
        check(zone.equals(zoneOf(size)), "in the wrong zone, " + zone, line);
        if (!blocks.isEmpty()) {
            Block last = blocks.getLast();
            check(!last.zone().equals(zone) || last.address() + last.size() <= start, "not above the last", line);
        }
        blocks.add(new Block(zone, start, size));
    }

    private void checkTotal() {
        long sum = blocks.stream().mapToLong(Block::size).sum();
        check(total == sum, "not the sum, " + sum, "Total : " + total + " bytes");
    }

    private static String zoneOf(long size) {
        return size <= 128 ? "TINY" : size <= 1024 ? "SMALL" : "LARGE";
    }

    private static long address(String hexadecimal) {
        return Long.parseUnsignedLong(hexadecimal, HEXADECIMAL);
    }

    private static void check(boolean good, String what, String line) {
        if (!good) {
            throw new IllegalArgumentException("show_alloc_mem, " + what + ": " + line);
        }
    }
}
