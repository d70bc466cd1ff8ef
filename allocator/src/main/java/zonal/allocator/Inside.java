package zonal.allocator;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Which threads are inside the sampler, so that none enters it a second time.
 *
 * <p>A set of thread numbers in buckets. Only the thread itself adds or removes its number, so what it finds of itself is certain. Not a
 * {@link ThreadLocal}: its map may be what the thread is busy with, and each virtual thread would keep one.
 */
final class Inside {

    private static final int BUCKETS = 128;
    private static final int PLACES = 8;

    private final AtomicLongArray threads = new AtomicLongArray(BUCKETS * PLACES);

    /** False if the thread is inside already, or more threads are than there are places for. */
    boolean enter(long thread) {
        int bucket = bucket(thread);
        for (int i = bucket; i < bucket + PLACES; i++) {
            if (threads.get(i) == thread) {
                return false;
            }
        }
        for (int i = bucket; i < bucket + PLACES; i++) {
            if (threads.compareAndSet(i, 0, thread)) {
                return true;
            }
        }
        return false;
    }

    /** Takes the thread out again. Without effect if it is not inside. */
    void leave(long thread) {
        int bucket = bucket(thread);
        for (int i = bucket; i < bucket + PLACES; i++) {
            if (threads.get(i) == thread) {
                threads.set(i, 0);
                return;
            }
        }
    }

    private static int bucket(long thread) {
        return (int) (thread & (BUCKETS - 1)) * PLACES;
    }
}
