package zonal.samples.bench.workloads;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleFunction;

/** All workloads by name, in the order in which they are shown. */
public final class Workloads {
    private static final Map<String, DoubleFunction<Workload>> ALL = new LinkedHashMap<>();

    /** Not of the suite, since no other allocator has an option for it. */
    public static final String RANDOM_WRITES = "random-writes-512m";

    private static final int KIB = 1 << 10;
    private static final int MIB = 1 << 20;
    private static final int FEW_SLOTS = 16 << 10;
    private static final int MANY_SLOTS = 128 << 10;
    private static final int FRAGMENTS = 1_000_000;

    static {
        for (int bytes : new int[] {16, 64, 128, 512, 1_024, 2_048, 4_096, 16 * KIB, 64 * KIB, 256 * KIB, MIB}) {
            add("pair-" + label(bytes), scale -> new Pair(bytes));
        }
        for (int mostBytes : new int[] {128, 1_024, 8_192}) {
            add("churn-" + mostBytes + "-16k", scale -> new Churn(mostBytes, FEW_SLOTS));
            add("churn-" + mostBytes + "-131k", scale -> new Churn(mostBytes, MANY_SLOTS));
        }
        add("cache", scale -> new Cache());
        add("larson", scale -> new Larson());
        add("mstress", scale -> new Mstress());
        add("xmalloc", scale -> new Xmalloc());
        add("cache-scratch", scale -> new FalseSharing(true));
        add("cache-thrash", scale -> new FalseSharing(false));
        add("alloc-test", scale -> new AllocTest());
        add("rptest", scale -> new Rptest());
        add("glibc-simple", scale -> new GlibcSimple());
        add("glibc-thread", scale -> new GlibcThread());
        add("mleak", scale -> new Mleak());
        add("malloc-large", scale -> new MallocLarge());
        add("long-blocks", scale -> new LongBlocks());
        add("realloc-8m", scale -> new Growth());
        add("vthreads-1k", scale -> new VirtualThreads(1_000));
        add("vthreads-100k", scale -> new VirtualThreads(100_000));
        add("arena-64", scale -> new ConfinedArena(64));
        add("arena-4k", scale -> new ConfinedArena(4 * KIB));
        add("direct-1k", scale -> new DirectBuffer(KIB));
        add("direct-64k", scale -> new DirectBuffer(64 * KIB));
        add("direct-1m", scale -> new DirectBuffer(MIB));
        add("direct-512m", scale -> new DirectBuffer(512 * MIB));
        add("collected-1m", scale -> new CollectedBuffer(MIB));
        add("frag-128", scale -> new Fragmentation(fragments(scale), 32, 64, 96, 128));
        add("frag-1000", scale -> new Fragmentation(fragments(scale), 64, 200, 500, 1_000));
        for (int threads : new int[] {1, 2, 4, 16, 64}) {
            add("scaling-" + threads, scale -> new Scaling(threads));
        }
    }

    private Workloads() {}

    /** Names in order. */
    public static List<String> names() {
        return List.copyOf(ALL.keySet());
    }

    /**
     * A new workload.
     *
     * @param scale below 1, {@code frag-} has so much fewer blocks; everything else is what it is
     * @throws IllegalArgumentException if there is none of this name
     */
    public static Workload create(String name, double scale) {
        if (name.equals(RANDOM_WRITES)) {
            return new RandomWrites(512 * MIB);
        }
        DoubleFunction<Workload> maker = ALL.get(name);
        if (maker == null) {
            throw new IllegalArgumentException("no workload " + name + "; there are " + ALL.keySet());
        }
        return maker.apply(scale);
    }

    private static void add(String name, DoubleFunction<Workload> maker) {
        ALL.put(name, maker);
    }

    private static int fragments(double scale) {
        return (int) (FRAGMENTS * Math.min(1, scale));
    }

    private static String label(int bytes) {
        if (bytes >= MIB) {
            return bytes / MIB + "m";
        }
        return bytes >= 16 * KIB ? bytes / KIB + "k" : String.valueOf(bytes);
    }
}
