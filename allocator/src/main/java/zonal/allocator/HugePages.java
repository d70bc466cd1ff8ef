package zonal.allocator;

/** Whether the system is asked for huge pages. */
public enum HugePages {
    /** Never: not even where transparent huge pages are {@code always}, so that small use stays small. */
    OFF,
    /** For blocks of 2 MiB and more: fewer page faults and TLB misses, and memory by 2 MiB at a time. */
    ADVISE
}
