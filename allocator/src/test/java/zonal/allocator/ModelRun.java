package zonal.allocator;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Random malloc, calloc, realloc and free, each compared with a shadow map of what must be live: {@code main(seed, steps)}, in a
 * JVM of its own.
 */
final class ModelRun {

    private static final int CHECKS = 12;
    private static final int MOST_BLOCKS = 12_000;
    private static final long MOST_BYTES = 256L << 20;

    private static final class Block {
        final long address;
        final long bytes;
        final long stamp;
        int place;

        Block(long address, long bytes, long stamp) {
            this.address = address;
            this.bytes = bytes;
            this.stamp = stamp;
        }
    }

    private final SplittableRandom random;
    private final List<Block> blocks = new ArrayList<>();
    private final TreeMap<Long, Block> byAddress = new TreeMap<>();
    private final long[] edges;
    private long liveBytes;
    private long taken;
    private boolean growing = true;

    private ModelRun(long seed) {
        random = new SplittableRandom(seed);
        Options options = Options.current();
        edges = new long[] {16, 64, options.tiny(), options.small(), 1024, 32 << 10, 64 << 10, 1 << 20};
    }

    public static void main(String[] args) {
        ChildJvm.configure();
        Allocator.start();
        long seed = Long.parseLong(args[0]);
        try {
            new ModelRun(seed).run(Long.parseLong(args[1]));
        } catch (Throwable e) {
            throw new AssertionError(
                    "model run failed: seed " + seed + ", options "
                            + Options.current().asMap(),
                    e);
        }
    }

    private void run(long steps) {
        check();
        for (long step = 1; step <= steps; step++) {
            step();
            if (step % (steps / CHECKS) == 0) {
                check();
            }
        }
        while (!blocks.isEmpty()) {
            free(blocks.get(random.nextInt(blocks.size())));
        }
        check();
    }

    private void step() {
        // Tides: the heap fills, is churned at the top, and empties.
        if (blocks.size() >= MOST_BLOCKS || liveBytes > MOST_BYTES) {
            growing = false;
        } else if (blocks.size() < MOST_BLOCKS / 8) {
            growing = true;
        }
        int act = random.nextInt(100);
        if (blocks.isEmpty() || act < (growing ? 45 : 30)) {
            take();
        } else if (act < (growing ? 60 : 45)) {
            resize(blocks.get(random.nextInt(blocks.size())));
        } else if (act < (growing ? 90 : 98) || !growing) {
            free(blocks.get(random.nextInt(blocks.size())));
        } else {
            take();
        }
    }

    private long size() {
        int kind = random.nextInt(1000);
        if (kind < 600) {
            return 1L + random.nextInt(128);
        }
        if (kind < 800) {
            return 1L + random.nextInt(1024);
        }
        if (kind < 930) {
            return 1L + random.nextInt(32 << 10);
        }
        if (kind < 960) {
            return Math.max(1, edges[random.nextInt(edges.length)] + random.nextInt(3) - 1);
        }
        if (kind < 998) {
            return 1L + random.nextInt(256 << 10);
        }
        return 1L + random.nextInt(8 << 20);
    }

    private void take() {
        long bytes = size();
        boolean zeroed = random.nextInt(4) == 0;
        long address = zeroed ? Allocator.calloc(1, bytes) : Allocator.malloc(bytes);
        taken++;
        if (zeroed) {
            Stamp.verifyZero(address, bytes);
        }
        add(address, bytes);
    }

    private void add(long address, long bytes) {
        require(address > 0, "no address");
        require((address & 15) == 0, "not aligned");
        Map.Entry<Long, Block> below = byAddress.floorEntry(address + bytes - 1);
        require(below == null || below.getKey() + below.getValue().bytes <= address, "blocks overlap");
        require(Allocator.usableSize(address) >= bytes, "usable size is less than the requested");
        require(Allocator.owns(address), "an address of its own is foreign");
        Block block = new Block(address, bytes, random.nextLong());
        block.place = blocks.size();
        blocks.add(block);
        byAddress.put(address, block);
        liveBytes += bytes;
        Stamp.write(address, bytes, block.stamp);
    }

    private void remove(Block block) {
        Block last = blocks.removeLast();
        if (last != block) {
            blocks.set(block.place, last);
            last.place = block.place;
        }
        byAddress.remove(block.address);
        liveBytes -= block.bytes;
    }

    private void free(Block block) {
        Stamp.verify(block.address, block.bytes, block.stamp);
        remove(block);
        Allocator.free(block.address);
    }

    private void resize(Block block) {
        // Half of the resizes are small ones, which stay in place.
        long bytes = random.nextBoolean() ? size() : Math.max(1, block.bytes + random.nextInt(65) - 32);
        Stamp.verify(block.address, block.bytes, block.stamp);
        remove(block);
        // As many move by mapping as are copied, though all are too small for that.
        boolean moves = bytes > Malloc.PAGED_MAX && block.bytes > Malloc.PAGED_MAX && random.nextBoolean();
        long address = moves && Range.contains(block.address)
                ? Realloc.moveRun(block.address, bytes, 0)
                : Allocator.realloc(block.address, bytes);
        Stamp.verify(address, block.bytes, Math.min(bytes, block.bytes), block.stamp);
        add(address, bytes);
    }

    // ---- the whole

    private void check() {
        HeapCheck.Seen seen = HeapCheck.quiet();
        require(seen.liveBlocks() == blocks.size(), "the maps show " + seen + ", and live are " + blocks.size());
        require(seen.liveBytes() == liveBytes, "the maps show " + seen + ", and live are " + liveBytes + " bytes");
        for (Block block : blocks) {
            Stamp.verify(block.address, block.bytes, block.stamp);
        }
        HeapCheck.eventually(this::checkStatistics);
        checkListing();
    }

    private Statistics checkStatistics() {
        Statistics statistics = Statistics.read();
        require(statistics.liveBlocks() == blocks.size(), statistics + ": live blocks are " + blocks.size());
        require(statistics.liveBytes() == liveBytes, statistics + ": live bytes are " + liveBytes);
        // A realloc that moves takes a block, too.
        require(statistics.allocationCount() >= taken, statistics + ": taken were " + taken);
        require(statistics.allocationCount() - statistics.freeCount() == blocks.size(), statistics + ": frees");
        require(statistics.badFreeCount() == 0, statistics + ": there was no bad free");
        for (Zone zone : Zone.values()) {
            ZoneStatistics ours = statistics.zones().get(zone.index);
            long count = 0;
            long bytes = 0;
            for (Block block : blocks) {
                if (zoneOf(block.bytes) == zone) {
                    count++;
                    bytes += block.bytes;
                }
            }
            require(ours.name().equals(zone.name()), ours + ": zones are out of order");
            require(ours.liveBlocks() == count, ours + ": live blocks of " + zone + " are " + count);
            require(ours.liveBytes() == bytes, ours + ": live bytes of " + zone + " are " + bytes);
            require(ours.pages() > 0 || count == 0, ours + ": blocks without pages");
        }
        return statistics;
    }

    /** By the design's table, not by the code that is tested. */
    private static Zone zoneOf(long bytes) {
        Options options = Options.current();
        return bytes <= options.tiny() ? Zone.TINY : bytes <= options.small() ? Zone.SMALL : Zone.LARGE;
    }

    private void checkListing() {
        List<String> lines = Allocator.show_alloc_mem().lines().toList();
        int line = 0;
        for (Zone zone : Zone.values()) {
            boolean headed = line < lines.size() && lines.get(line).matches(zone.name() + " : 0x[0-9a-f]+");
            long start = headed
                    ? Long.parseLong(lines.get(line++).substring(zone.name().length() + 5), 16)
                    : Long.MAX_VALUE;
            for (Block block : byAddress.values()) {
                if (zoneOf(block.bytes) == zone) {
                    require(headed, zone + " isn't listed");
                    require(start <= block.address, zone + " starts behind its first block");
                    String expected = "0x" + Long.toHexString(block.address) + " - 0x"
                            + Long.toHexString(block.address + block.bytes) + " : " + block.bytes + " bytes";
                    if (!lines.get(line).equals(expected)) {
                        throw new AssertionError("listed: " + lines.get(line) + ", live: " + expected);
                    }
                    line++;
                }
            }
        }
        require(lines.get(line).equals("Total : " + liveBytes + " bytes"), "listed: " + lines.get(line));
        require(lines.size() == line + 1, "listed after the total: " + lines.getLast());
    }

    private static void require(boolean holds, String violated) {
        if (!holds) {
            throw new AssertionError(violated);
        }
    }
}
