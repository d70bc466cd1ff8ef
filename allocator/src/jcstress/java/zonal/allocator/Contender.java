package zonal.allocator;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A thread of its own that calls the allocator until it should have a cache of its own, beside others that do the same. */
final class Contender {

    /** What it takes and frees at each call. */
    static final int BYTES = 48;

    private static final int CALLS = 256;

    /** Threads, three by three, that have the same place in {@link CacheTable}. */
    private static final Deque<List<Contender>> OF_ONE_PLACE = new ArrayDeque<>();

    private final Thread thread = new Thread(this::run);
    private volatile AtomicInteger others = new AtomicInteger();
    private long cache;

    private int place() {
        return (int) thread.threadId() & (CacheTable.PLACES - 1);
    }

    /** Two that want the same place, of which a third was the owner until it ended (if no thread that lives has it). */
    static List<Contender> rivals() {
        List<Contender> three = ofOnePlace();
        three.get(0).contend(new AtomicInteger(2));
        return three.subList(1, 3);
    }

    private static List<Contender> ofOnePlace() {
        synchronized (OF_ONE_PLACE) {
            while (OF_ONE_PLACE.isEmpty()) {
                makeMore();
            }
            return OF_ONE_PLACE.remove();
        }
    }

    /** Threads are numbered as they are made. */
    private static void makeMore() {
        List<Contender> all = new ArrayList<>();
        for (int i = 0; i < 3 * CacheTable.PLACES; i++) {
            all.add(new Contender());
        }
        for (int i = 0; i < CacheTable.PLACES; i++) {
            Contender first = all.get(i);
            Contender second = all.get(i + CacheTable.PLACES);
            Contender third = all.get(i + 2 * CacheTable.PLACES);
            if (first.place() == second.place() && first.place() == third.place()) {
                OF_ONE_PLACE.add(List.of(first, second, third));
            }
        }
    }

    /** Runs it beside one other that is given the same {@code meeting}; both live until both have tried. Answers its cache or 0. */
    long contend(AtomicInteger meeting) {
        others = meeting;
        thread.start();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody has a reason to interrupt an actor", e);
        }
        return cache;
    }

    private void run() {
        meet(2);
        for (int i = 0; i < CALLS && CacheTable.mine() == 0; i++) {
            Allocator.free(Allocator.malloc(BYTES));
        }
        cache = CacheTable.mine();
        meet(4);
    }

    private void meet(int arrivals) {
        others.incrementAndGet();
        while (others.get() < arrivals) {
            Thread.onSpinWait();
        }
    }
}
