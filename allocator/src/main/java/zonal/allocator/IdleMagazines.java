package zonal.allocator;

import org.jspecify.annotations.Nullable;

/**
 * Finds magazines, and runs in slots, that threads which go on working no longer use, and has those threads empty them: a thread that had its hour of
 * long blocks, and deals in short ones now, keeps none of the long ones.
 *
 * <p><b>Two threads.</b> Only its owner may change a magazine, so the housekeeper merely notes which, and changes the cache's owner to the negative, as
 * {@link IdleCaches} does: the thread's next call sees that the cache isn't its own, takes it back by compare-and-set, and reads the note, which was
 * written before. What a note says need not be true any more, nor be of this cache: to empty a magazine is right at any time, it only costs.
 * A note that is overwritten or cleared by the other side is lost, and the next look writes it anew.
 */
final class IdleMagazines {

    /** Where classes are numbered from 1, the thread's slot for a run. */
    private static final int RUN_SLOT = 0;

    /** By place and class: a number that each use of the magazine changes, at the last look. */
    private static final long[] @Nullable [] SEEN = new long[CacheTable.PLACES][];

    /** By place: which classes were not used between the last two looks, or null. */
    private static final boolean[] @Nullable [] NOTES = new boolean[CacheTable.PLACES][];

    /** The ticks of the last look, and of the one before: what was noted is unused from there on. */
    private static long last;

    private static long since;

    private IdleMagazines() {}

    /** Has those magazines emptied that hold something and were not used since the last look. For the housekeeper alone. */
    static void look() {
        since = last;
        last = Housekeeper.now();
        for (int place = 0; place < CacheTable.PLACES; place++) {
            long cache = CacheTable.at(place);
            if (CacheTable.isShared(cache)) {
                continue;
            }
            NOTES[place] = unused(cache, place);
            if (NOTES[place] != null) {
                CacheTable.ask(place);
            }
        }
    }

    private static boolean @Nullable [] unused(long cache, int place) {
        long[] seen = SEEN[place];
        if (seen == null) {
            seen = new long[SizeClasses.COUNT];
            SEEN[place] = seen;
        }
        boolean[] unused = null;
        for (int i = 0; i < seen.length; i++) {
            long digest = i == RUN_SLOT ? RunSlot.digest(cache) : Magazine.digest(cache, i);
            if (digest == seen[i] && holdsSomething(cache, i)) {
                unused = unused == null ? new boolean[seen.length] : unused;
                unused[i] = true;
            }
            seen[i] = digest;
        }
        return unused;
    }

    private static boolean holdsSomething(long cache, int index) {
        return index == RUN_SLOT
                ? RunSlot.pages(cache) > 0
                : Magazine.count(cache, index) > 0 || Magazine.remoteCount(cache, index) > 0;
    }

    /** Empties what was noted of the caller's own cache, at its place. */
    static void drainNoted(long cache, int place) {
        boolean[] note = NOTES[place];
        if (note == null) {
            return;
        }
        NOTES[place] = null;
        for (int i = 0; i < note.length; i++) {
            if (note[i] && i == RUN_SLOT) {
                RunSlot.drain(cache, since);
            } else if (note[i]) {
                Magazine.drain(cache, i, since);
            }
        }
    }
}
