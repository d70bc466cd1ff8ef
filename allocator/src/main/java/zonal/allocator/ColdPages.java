package zonal.allocator;

/**
 * The cold pages of an area: free ones that are known to read as zero and to take no memory. They are in a bitmap, and taken lowest address first.
 *
 * <p>The metadata of a cold page reads as zero, too, or might as well: nothing in it matters. So where a whole <i>group</i> of pages is cold
 * (as many as have their metadata in whole OS pages), that goes back to the system as well.
 *
 * <p>Guarded by the lock of {@link PageArea}, but for {@link #isUsed} and {@link #nextUsedGroup}.
 */
final class ColdPages {

    /** Words of the bitmap for each group, and pages in a group: their metadata is a whole number of OS pages. */
    private static final int GROUP_WORDS = SystemCalls.OS_PAGE_SIZE >> 12;

    static final int GROUP_PAGES = GROUP_WORDS * Long.SIZE;

    /** Where the bitmap is. */
    final long bitmap;

    private int count;

    /** No word of the bitmap below this has a bit set. */
    private int from;

    /** Groups whose metadata may be resident, a bit each. Read without the lock by those who look at all pages, to pass over groups. */
    private final long[] usedGroups;

    /** @param mostPages pages that the area can ever have */
    ColdPages(long bitmap, long mostPages) {
        this.bitmap = bitmap;
        this.usedGroups = new long[(int) (mostPages / GROUP_PAGES / Long.SIZE) + 1];
    }

    int count() {
        return count;
    }

    /** Takes the lowest cold page; there is one. */
    int take() {
        long bits;
        while ((bits = bits(from)) == 0) {
            from++;
        }
        setBits(from, bits & (bits - 1));
        count--;
        int index = (from << 6) + Long.numberOfTrailingZeros(bits);
        use(index);
        return index;
    }

    void add(int index) {
        int word = index >>> 6;
        setBits(word, bits(word) | 1L << index);
        from = Math.min(from, word);
        count++;
    }

    private long bits(int word) {
        return Memory.getLong(bitmap + ((long) word << 3));
    }

    private void setBits(int word, long bits) {
        Memory.putLong(bitmap + ((long) word << 3), bits);
    }

    // ---- groups

    /** Notes that a page, which is not cold, and its metadata are in use from now on. */
    void use(int index) {
        int group = index / GROUP_PAGES;
        usedGroups[group >>> 6] |= 1L << group;
    }

    /** Whether the metadata of the page's group may be resident. */
    boolean isUsed(int index) {
        int group = index / GROUP_PAGES;
        return (usedGroups[group >>> 6] >>> group & 1) != 0;
    }

    /** The first group from {@code group} on whose metadata may be resident, or -1. */
    int nextUsedGroup(int group) {
        for (int word = group >>> 6; word < usedGroups.length; word++) {
            long used = word == group >>> 6 ? usedGroups[word] & (-1L << group) : usedGroups[word];
            if (used != 0) {
                return (word << 6) + Long.numberOfTrailingZeros(used);
            }
        }
        return -1;
    }

    /** Takes a group's pages out of the bitmap, so that nobody can take one, if all of them are cold. */
    boolean hold(int group) {
        int first = group * GROUP_WORDS;
        for (int word = first; word < first + GROUP_WORDS; word++) {
            if (bits(word) != -1) {
                return false;
            }
        }
        for (int word = first; word < first + GROUP_WORDS; word++) {
            setBits(word, 0);
        }
        count -= GROUP_PAGES;
        return true;
    }

    /** Puts the pages of a group that was {@linkplain #hold held} back, whose metadata went back to the system if it was {@code purged}. */
    void release(int group, boolean purged) {
        int first = group * GROUP_WORDS;
        for (int word = first; word < first + GROUP_WORDS; word++) {
            setBits(word, -1);
        }
        from = Math.min(from, first);
        count += GROUP_PAGES;
        if (purged) {
            usedGroups[group >>> 6] &= ~(1L << group);
        }
    }
}
