package zonal.agent.apps;

/** Frees and resizes addresses that are no live blocks, then shows that memory still works. */
public final class BadCalls {
    private BadCalls() {}

    public static void main(String[] arguments) {
        long block = RawMemory.allocate(100);
        long freed = RawMemory.allocate(100);
        RawMemory.putLong(block, 4711);
        RawMemory.free(freed);
        attempt("free twice", () -> RawMemory.free(freed));
        attempt("free inside", () -> RawMemory.free(block + 16));
        attempt("free unaligned", () -> RawMemory.free(block + 1));
        attempt("free far", () -> RawMemory.free(block + (1L << 30)));
        attempt("reallocate freed", () -> System.out.println("answer " + RawMemory.reallocate(freed, 200)));
        attempt("reallocate inside", () -> System.out.println("answer " + RawMemory.reallocate(block + 16, 200)));
        attempt("reallocate inside to 0", () -> System.out.println("answer " + RawMemory.reallocate(block + 16, 0)));
        long grown = RawMemory.reallocate(block, 50_000);
        System.out.println("kept " + RawMemory.getLong(grown));
        RawMemory.free(grown);
    }

    private static void attempt(String what, Runnable call) {
        try {
            call.run();
            System.out.println(what + ": nothing");
        } catch (RuntimeException e) {
            System.out.println(what + ": " + e.getClass().getSimpleName());
        }
    }
}
