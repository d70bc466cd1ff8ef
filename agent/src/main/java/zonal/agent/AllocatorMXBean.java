package zonal.agent;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * What a JMX client sees of the allocator, as {@code zonal:type=Allocator}. All methods may be called at any time by any
 * thread. Counters only grow, but for the frees, which may seem a few less for a moment; bytes are as the callers asked for them unless said otherwise. Resident bytes are asked of the system,
 * which takes one to three milliseconds for each GiB that is accessible: calls that come within ten times that share the answer.
 */
public interface AllocatorMXBean {
    /**
     * Lists the live blocks, zone by zone. Above a sixteenth of the largest Java heap, or 256 MiB (some 5 million blocks), it is cut,
     * and the line before the total says so: {@link #dump} has no limit.
     */
    String show_alloc_mem();

    /** As {@link #show_alloc_mem()}, with all that is known of each block, the free space and the waste. {@link #dumpExtended} has no limit. */
    String show_alloc_mem_ex();

    /**
     * Writes {@link #show_alloc_mem()} to a new file that only the owner of this process can read.
     *
     * @param file its path; a relative one starts at this process's working directory
     * @return the absolute path of the file
     * @throws IOException if the file exists already, or can't be made or written
     */
    String dump(String file) throws IOException;

    /** As {@link #dump}, of {@link #show_alloc_mem_ex()}. */
    String dumpExtended(String file) throws IOException;

    /**
     * New requests go to the JVM's own allocator from now on. Zonal's live blocks are freed by Zonal as before; a realloc moves one to the JVM's own
     * memory.
     *
     * @throws IllegalStateException if it is detached already, or can't be
     */
    void detach();

    /**
     * After {@link #detach}: new requests are served by Zonal again, with the options it has.
     *
     * @throws IllegalStateException if it is attached already, or can't be
     */
    void attach();

    /** Whether new requests are served by Zonal. */
    boolean isAttached();

    /**
     * The call sites with the most live off-heap memory, most first, estimated from the sampled allocations (option
     * {@code sample}).
     *
     * @param most how many sites at most, 0 or more
     */
    List<SiteUsage> liveSites(int most);

    /**
     * The call sites whose live memory only grows: it is more now than then by more than chance explains, and at no moment
     * between that was looked at (every ten seconds, more rarely the longer ago) it had fallen. The one that has grown most comes first.
     *
     * @param seconds how long ago to begin, 1 or more; never before the agent came
     */
    List<SiteGrowth> leakSuspects(long seconds);

    /**
     * Writes a picture of all off-heap memory to a new file that only the owner of this process can read, as one HTML page for
     * any browser.
     *
     * @param file its path; a relative one starts at this process's working directory
     * @return the absolute path of the file
     * @throws IOException if the file exists already, or can't be made or written
     */
    String report(String file) throws IOException;

    /** As {@link #report}, the call sites as a gzipped profile for {@code go tool pprof} and Pyroscope. */
    String pprof(String file) throws IOException;

    /**
     * Writes live bytes by call site to a new file that only the owner of this process can read, as collapsed stacks: flame
     * graph tools read it.
     *
     * @param file its path; a relative one starts at this process's working directory
     * @return the absolute path of the file
     * @throws IOException if the file exists already, or can't be made or written
     */
    String collapsed(String file) throws IOException;

    /** The zones by name: TINY, SMALL and LARGE. */
    Map<String, ZoneUsage> getZones();

    long getLiveBytes();

    long getLiveBlocks();

    /** Bytes of address space that are accessible, for data and metadata; the system backs those that were written to. */
    long getMappedBytes();

    /** Bytes of them in memory, as the system says: the resident bytes of the zones, cached bytes and metadata bytes. */
    long getResidentBytes();

    /** Resident bytes of free pages and freed runs, which belong to no zone now: kept for {@code decay}, or, the last run that a thread has freed, until that thread is idle. */
    long getCachedBytes();

    /** Resident bytes of the allocator's own data. */
    long getMetadataBytes();

    /** Usable bytes of free blocks and runs that threads keep, and of blocks on their way between threads. They count as the zones' and as cached, too. */
    long getThreadCacheBytes();

    long getAllocationCount();

    long getFreeCount();

    /** Frees of memory that is not the allocator's, which were passed on to the JVM. */
    long getForeignFreeCount();

    /** Frees and reallocs of addresses in the allocator's range that are no live block. */
    long getBadFreeCount();

    /** The options in force, by key. */
    Map<String, String> getOptions();

    String getVersion();
}
