package zonal.allocator;

import java.util.ArrayList;
import java.util.List;

/**
 * Notes of earlier moments, the earliest first. The longer ago they are, the further apart are those that stay: a sixteenth of their
 * age, so that a month takes some two hundred. Not thread-safe.
 *
 * @param <M> what is noted
 */
final class Moments<M> {

    private static final int AGE_TO_DISTANCE = 16;

    /**
     * One of them.
     *
     * @param at {@link System#nanoTime} of the moment
     */
    record Moment<M>(long at, M note) {}

    private final List<Moment<M>> all = new ArrayList<>();

    /** Adds the latest one, and drops those that are too near to their neighbours for their age. */
    void add(long at, M note) {
        all.add(new Moment<>(at, note));
        for (int i = all.size() - 2; i > 0; i--) {
            long age = at - all.get(i).at;
            if (all.get(i + 1).at - all.get(i - 1).at < age / AGE_TO_DISTANCE) {
                all.remove(i);
            }
        }
    }

    /** When the first one was. There must be one. */
    long earliest() {
        return all.getFirst().at;
    }

    /** When the latest one was. There must be one. */
    long latest() {
        return all.getLast().at;
    }

    List<Moment<M>> all() {
        return List.copyOf(all);
    }

    /** Those from {@code nanos} before {@code now} on, and the last one before; all, if none is so long ago. */
    List<Moment<M>> since(long now, long nanos) {
        int first = all.size() - 1;
        while (first > 0 && now - all.get(first).at < nanos) {
            first--;
        }
        return List.copyOf(all.subList(first, all.size()));
    }
}
