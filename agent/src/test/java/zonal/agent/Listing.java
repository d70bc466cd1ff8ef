package zonal.agent;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A parsed text of {@code show_alloc_mem}: the sizes by zone, in the order of the text. A zone without pages is not in it. */
record Listing(List<Long> tiny, List<Long> small, List<Long> large, long total) {
    private static final List<String> NAMES = List.of("TINY", "SMALL", "LARGE");
    private static final Pattern ZONE = Pattern.compile("(TINY|SMALL|LARGE) : 0x[0-9a-f]+");
    private static final Pattern BLOCK = Pattern.compile("0x([0-9a-f]+) - 0x([0-9a-f]+) : ([0-9]+) bytes");
    private static final Pattern TOTAL = Pattern.compile("Total : ([0-9]+) bytes");

    /** Parses it, and checks on the way that every line has its form, addresses ascend, and the sums are right. */
    static Listing parse(String text) {
        Map<String, List<Long>> zones = new LinkedHashMap<>();
        List<Long> blocks = new ArrayList<>();
        long sum = 0;
        long total = -1;
        long last = 0;
        for (String line : text.lines().toList()) {
            Matcher zone = ZONE.matcher(line);
            Matcher block = BLOCK.matcher(line);
            Matcher end = TOTAL.matcher(line);
            if (zone.matches()) {
                blocks = new ArrayList<>();
                zones.put(zone.group(1), blocks);
                last = 0;
            } else if (block.matches()) {
                long from = Long.parseLong(block.group(1), 16);
                long to = Long.parseLong(block.group(2), 16);
                long size = Long.parseLong(block.group(3));
                require(to - from == size, line);
                require(from >= last, "descends: " + line);
                require(from % 16 == 0, "not aligned: " + line);
                last = to;
                sum += size;
                blocks.add(size);
            } else if (end.matches()) {
                total = Long.parseLong(end.group(1));
            } else {
                throw new AssertionError("not a line of show_alloc_mem: " + line);
            }
        }
        require(
                NAMES.stream().filter(zones::containsKey).toList().equals(List.copyOf(zones.keySet())),
                "order of zones");
        require(total == sum, "total is " + total + ", the sum " + sum);
        return new Listing(
                zones.getOrDefault("TINY", List.of()),
                zones.getOrDefault("SMALL", List.of()),
                zones.getOrDefault("LARGE", List.of()),
                total);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new AssertionError(message);
        }
    }
}
