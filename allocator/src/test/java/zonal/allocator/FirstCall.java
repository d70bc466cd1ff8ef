package zonal.allocator;

/** Makes one call, {@code main(call)}, the first of its JVM, without {@link Allocator#start}. */
final class FirstCall {

    private FirstCall() {}

    public static void main(String[] args) throws InterruptedException {
        ChildJvm.configure();
        switch (args[0]) {
            case "malloc" -> Allocator.free(Allocator.malloc(100));
            case "calloc" -> Allocator.free(Allocator.calloc(1, 100_000));
            case "realloc" -> Allocator.free(Allocator.realloc(0, 5_000));
            case "free" -> Allocator.tryFree(4096);
            case "owns" -> Allocator.owns(4096);
            case "usableSize" -> Allocator.usableSize(4096);
            case "isFresh" -> Allocator.isFresh(4096);
            case "show_alloc_mem" -> Allocator.show_alloc_mem_ex();
            case "statistics" -> Statistics.read();
            case "survey" -> {
                int parts = runParts();
                if (parts != runParts()) {
                    throw new AssertionError("the first survey shows " + parts + " parts of the run area");
                }
            }
            case "started-by-a-virtual-thread" -> {
                Thread.ofVirtual().start(Allocator::start).join();
                System.out.println("started");
                callOften();
                System.out.println("called");
            }
            case "arena" -> ZoneArena.ofShared().allocate(100);
            default -> throw new IllegalArgumentException(args[0]);
        }
        // And then everything works.
        Allocator.free(Allocator.malloc(100));
        HeapCheck.quiet();
    }

    private static int runParts() {
        return Survey.read(0).maps().getLast().livePercent().size();
    }

    /** Until this thread has a cache, and has been asked for it. */
    private static void callOften() {
        for (long bytes = 1; bytes < 1 << 20; bytes *= 3) {
            for (int i = 0; i < 20; i++) {
                Allocator.free(Allocator.realloc(Allocator.malloc(bytes), bytes * 2));
            }
            CacheTable.ask((int) Thread.currentThread().threadId() & (CacheTable.PLACES - 1));
        }
    }
}
