package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** How the listing is written; what it lists is the subject of {@link LiveBlocksTest} and {@link ModelTest}. Other options: {@link OtherOptionsTest}. */
class AllocationDumpTest {

    private static final int BLOCKS = 100_000;

    /** Counts what is written, and keeps nothing of it. */
    private static class Counting extends Writer {
        long characters;
        int longest;

        @Override
        public void write(char[] buffer, int from, int length) throws IOException {
            characters += length;
            longest = Math.max(longest, length);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    @Test
    void manyBlocksAreWrittenPieceByPieceAndTakeNoJavaHeap() throws IOException {
        long[] blocks = new long[BLOCKS];
        for (int i = 0; i < BLOCKS; i++) {
            blocks[i] = Allocator.malloc(40);
        }
        AllocationDump.write(new Counting(), false); // loads the classes
        Counting out = new Counting();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        AllocationDump.write(out, false);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(out.characters).isGreaterThan(BLOCKS * 40L);
        assertThat(out.longest).isLessThan(16 << 10);
        assertThat(allocated).isLessThan(256 << 10);
        for (long block : blocks) {
            Allocator.free(block);
        }
    }

    @Test
    void theFirstBytesOfEachBlockAreShown() throws IOException {
        for (long bytes : new long[] {5, 20, 500, 5_000, 40_000, 3 << 20}) {
            long block = Allocator.calloc(bytes, 1);
            Memory.putInt(block, 0x6e6f7a7f); // "zon" behind what a terminal may obey
            Memory.putByte(block + 4, (byte) 0xe9);
            StringWriter out = new StringWriter();
            AllocationDump.write(out, true);
            String zeroes = " 00".repeat((int) Math.min(bytes, 16) - 5);
            assertThat(out.toString())
                    .containsPattern("\n0x" + Long.toHexString(block) + " - .* : " + bytes + " bytes\n"
                            + "(    .*\n)*    7f 7a 6f 6e e9" + zeroes + "  \\|\\.zon\\.{"
                            + (zeroes.length() / 3 + 1) + "}\\|\n");
            Allocator.free(block);
        }
    }

    @Test
    void theLastPartTellsOfFreeSpaceAndOfRoundingWhateverTheSize() {
        long[] blocks = {Allocator.malloc(100), Allocator.malloc(48_719)};
        String text = Allocator.show_alloc_mem_ex();
        Matcher page = Pattern.compile("page 0x\\w+ : (\\d+) of \\d+ bytes free, longest run at most (\\d+) bytes, "
                        + "live or cached blocks : (\\d+)\n")
                .matcher(text);
        assertThat(page.results()).isNotEmpty().allSatisfy(match -> {
            assertThat(Long.parseLong(match.group(2))).isLessThanOrEqualTo(Long.parseLong(match.group(1)));
        });
        Matcher waste = Pattern.compile("\nmore than 32768 bytes : (\\d+) blocks, (\\d+) bytes rounded up\n")
                .matcher(text);
        assertThat(waste.find()).isTrue();
        assertThat(Long.parseLong(waste.group(1))).isPositive();
        assertThat(Long.parseLong(waste.group(2))).isGreaterThanOrEqualTo(49_152 - 48_719);
        for (long block : blocks) {
            Allocator.free(block);
        }
    }

    @Test
    void theWasteIsWhatLiveBlocksOfAClassHoldBeyondWhatWasAskedFor() {
        long probe = Allocator.malloc(900);
        long usable = Allocator.usableSize(probe);
        long[] before = waste(usable);
        long[] blocks = new long[10];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = Allocator.malloc(900);
        }
        long[] after = waste(usable);
        assertThat(after[0]).isEqualTo(before[0] + blocks.length);
        assertThat(after[1]).isEqualTo(before[1] + blocks.length * (usable - 900));
        for (long block : blocks) {
            Allocator.free(block);
        }
        Allocator.free(probe);
    }

    /** Blocks of a class, and bytes that they were rounded up by. */
    private static long[] waste(long usable) {
        String text = Allocator.show_alloc_mem_ex();
        String line = "\n" + usable + " bytes : (\\d+) blocks, (\\d+) bytes rounded up\n";
        return new long[] {number(line, 1, text), number(line, 2, text)};
    }

    @Test
    void freePagesAndKeptRunsAreTold() {
        long[] blocks = new long[4_000];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = Allocator.malloc(1_000); // sixty pages
        }
        long run = Allocator.malloc(8 << 20);
        for (long block : blocks) {
            Allocator.free(block);
        }
        OwnCache.drain();
        Allocator.free(run);
        String text = Allocator.show_alloc_mem_ex();
        assertThat(number("\nFree pages of 65536 bytes : (\\d+)\n", 1, text)).isGreaterThanOrEqualTo(50);
        long kept = Options.current().large() == LargeMode.STRICT ? 0 : 8 << 20;
        assertThat(number("\nRuns kept : (\\d+) bytes\n", 1, text)).isGreaterThanOrEqualTo(kept);
    }

    private static long number(String pattern, int group, String text) {
        Matcher found = Pattern.compile(pattern).matcher(text);
        assertThat(found.find()).isTrue();
        return Long.parseLong(found.group(group));
    }

    @Test
    void whatATerminalWouldObeyInTheNameOfAThreadIsABlank() throws Exception {
        long block = Allocator.malloc(100);
        Thread thread = new Thread(() -> Sampler.sampled(block, 100, 0, true), "a\033[2Jb\rc\nd\u009be");
        thread.start();
        thread.join();
        StringWriter out = new StringWriter();
        AllocationDump.write(out, true);
        assertThat(out.toString()).contains(" s ago by thread a [2Jb c d e\n");
        Sampler.freed(block);
        Allocator.free(block);
    }

    /** The map of a page is read once, its blocks are written one after the other, and meanwhile they may be freed and taken by others. */
    @Test
    void aBlockIsNotShownWithTheSampleOfALaterOneAtItsAddress() throws IOException {
        long[] blocks = new long[500];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = Allocator.malloc(100);
            Sampler.freed(blocks[i]); // some may be sampled
        }
        boolean[] taken = {false};
        StringWriter out = new StringWriter() {
            @Override
            public void write(char[] buffer, int from, int length) {
                super.write(buffer, from, length);
                if (!taken[0]) {
                    taken[0] = true;
                    for (int i = 0; i < blocks.length; i++) {
                        Allocator.free(blocks[i]);
                        blocks[i] = Allocator.malloc(97);
                        Sampler.sampled(blocks[i], 97, 0, true);
                    }
                }
            }
        };
        AllocationDump.write(out, true);
        assertThat(out.toString()).contains(" : 100 bytes\n").doesNotContain(" : 100 bytes\n    taken ");
        for (long block : blocks) {
            Sampler.freed(block);
            Allocator.free(block);
        }
    }

    @Test
    void aWriterThatFailsEndsTheListingAndHarmsNothing() {
        long block = Allocator.malloc(40);
        int[] writes = {0};
        Writer full = new Counting() {
            @Override
            public void write(char[] buffer, int from, int length) throws IOException {
                writes[0]++;
                throw new IOException("No space left on device");
            }
        };
        assertThatIOException()
                .isThrownBy(() -> AllocationDump.write(full, true))
                .withMessage("No space left on device");
        assertThat(writes[0]).isOne();
        HeapCheck.structure();
        Allocator.free(block);
    }
}
