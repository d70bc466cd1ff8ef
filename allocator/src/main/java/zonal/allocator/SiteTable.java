package zonal.allocator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import jdk.internal.vm.annotation.ReservedStackAccess;
import org.jspecify.annotations.Nullable;

/**
 * All call sites, by the hash of their stacks: an open-addressing table of bounded size.
 *
 * <p>When it is full, sites without a live sample make room ({@link #forgetIdle}), and until they do, samples of new sites are counted to
 * {@link #others}: no estimate ever loses bytes, only their name.
 *
 * <p>Thread-safe. One lock guards the table and the sums; no object is made under it.
 */
final class SiteTable {

    /** Most sites that are told apart. */
    static final int MOST_SITES = 4096;

    private static final int SLOTS = 2 * MOST_SITES;

    private final SpinLock lock = new SpinLock();
    private Site[] slots = new Site[SLOTS];
    private int count;

    /** Whether sites have come since {@link #nameNew}. */
    private volatile boolean hasNew;

    /** Where samples are counted whose own site has no place. */
    final Site others = new Site(0, List.of());

    /** A sample was taken: answers its site, and counts it there. */
    Site note(CallStack stack, double blocks, double bytes) {
        long key = stack.hash();
        Site known = note(key, null, blocks, bytes);
        if (known != null) {
            return known;
        }
        Site added = new Site(key, stack);
        if (!CallStack.READABLE) {
            added.frames(); // they are made already, for the hash
        }
        Site noted = note(key, added, blocks, bytes);
        return noted == null ? others : noted;
    }

    /** Counts to the site with this key, or to {@code candidate} if there is none and it is not null. Null if it was not counted. */
    @ReservedStackAccess
    @SuppressWarnings("NonAtomicVolatileUpdate") // under the lock
    private @Nullable Site note(long key, @Nullable Site candidate, double blocks, double bytes) {
        lock.lock();
        try {
            int slot = slot(slots, key);
            Site site = slots[slot];
            if (site == null) {
                if (candidate == null) {
                    return null;
                }
                if (count == MOST_SITES) {
                    site = others;
                } else {
                    site = candidate;
                    slots[slot] = site;
                    count++;
                    hasNew = true;
                }
            }
            site.takenBlocks += blocks;
            site.takenBytes += bytes;
            site.live.incrementAndGet();
            return site;
        } finally {
            lock.unlock();
        }
    }

    /** Where the site with this key is, or would be. The table is never more than half full. */
    private static int slot(@Nullable Site[] slots, long key) {
        int slot = (int) key & (SLOTS - 1);
        for (Site site = slots[slot]; site != null && site.key != key; site = slots[slot]) {
            slot = (slot + 1) & (SLOTS - 1);
        }
        return slot;
    }

    /** Gives names to the stacks of new sites, so that they keep no class alive. */
    void nameNew() {
        if (hasNew) {
            hasNew = false; // before looking: what comes meanwhile is for the next round
            boolean named = false;
            try {
                for (Site site : all()) {
                    site.frames();
                }
                named = true;
            } finally {
                if (!named) {
                    hasNew = true; // the Java heap was full: the next round tries again
                }
            }
        }
    }

    /** All sites of this moment, the others among them. */
    List<Site> all() {
        Site[] copy = new Site[MOST_SITES];
        int copied = 0;
        lock.lock();
        try {
            for (Site site : slots) {
                if (site != null) {
                    copy[copied++] = site;
                }
            }
        } finally {
            lock.unlock();
        }
        List<Site> all = new ArrayList<>(Arrays.asList(copy).subList(0, copied));
        all.add(others);
        return all;
    }

    /** If the table is full: forgets the sites that have no live sample; what was taken there is then the others'. */
    @ReservedStackAccess
    @SuppressWarnings("NonAtomicVolatileUpdate") // under the lock
    void forgetIdle() {
        if (count < MOST_SITES) {
            return; // racy: the next round will see it
        }
        Site[] kept = new Site[SLOTS];
        lock.lock();
        try {
            count = 0;
            for (Site site : slots) {
                // A sample that is on its way here has been counted in the same step that found its site.
                if (site != null && site.live.get() > 0) {
                    kept[slot(kept, site.key)] = site;
                    count++;
                } else if (site != null) {
                    others.takenBlocks += site.takenBlocks;
                    others.takenBytes += site.takenBytes;
                }
            }
            slots = kept;
        } finally {
            lock.unlock();
        }
    }

    /** Forgets all sites, none of which has a live sample, with what was taken there. */
    void forgetAll() {
        Site[] none = new Site[SLOTS];
        lock.lock();
        try {
            slots = none;
            count = 0;
            others.takenBlocks = 0;
            others.takenBytes = 0;
        } finally {
            lock.unlock();
        }
    }
}
