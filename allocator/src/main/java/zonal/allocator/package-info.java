/**
 * A malloc in Java, with three zones, over memory that comes from {@code mmap}.
 *
 * <h2>Words</h2>
 *
 * <dl>
 *   <dt>block
 *   <dd>memory handed out by one malloc. <i>Live</i> until it is freed; <i>cached</i> while it lies in a magazine, a depot, the backlog or a slot.
 *   <dt>requested size, usable size, slack
 *   <dd>what the caller asked for; what the block holds; the difference.
 *   <dt>zone
 *   <dd>TINY, SMALL or LARGE, by requested size.
 *   <dt>size class
 *   <dd>a usable size that requests are rounded up to.
 *   <dt>range, area
 *   <dd>all the addresses that can ever be ours; a part of them: fine (blocks up to 1 KiB), coarse (up to 32 KiB), runs (above).
 *   <dt>page
 *   <dd>4,096 granules of the fine or coarse area, which blocks are split off. An <i>OS page</i> is the system's, of 4 to 64 KiB, and
 *       always called so.
 *   <dt>granule
 *   <dd>what pages count in: 16 bytes in the fine area, 64 in the coarse.
 *   <dt>block map ({@code t_block}), page metadata ({@code t_page}), page map
 *   <dd>what is known of each block, page and run. All of it lies apart from the data.
 *   <dt>split off
 *   <dd>to take a block from a page's free granules.
 *   <dt>coalesce
 *   <dd>free neighbours become one free run: in pages by themselves (a free run is a stretch of zero bits), in the run area by merging.
 *   <dt>heap
 *   <dd>the pages of one zone, area and stripe, under one lock.
 *   <dt>magazine, thread cache
 *   <dd>a bounded stack of free blocks of one class; a thread's magazines.
 *   <dt>bias
 *   <dd>that one thread cache's owner alone frees the blocks of a page, and so needs no atomic instruction; a page without one is <i>shared</i>.
 *   <dt>stripe, home, remote
 *   <dd>thread caches that share heaps and depots, about as many stripes as processors, two at least; a page is at home in its heap's stripe; a block is remote
 *       where a thread of another stripe frees it.
 *   <dt>refill, flush
 *   <dd>to move blocks in a batch from the heap to a magazine, and back.
 *   <dt>depot
 *   <dd>where flushed blocks of a stripe and class wait a while for the next refill, before they go back to the heaps.
 *   <dt>backlog
 *   <dd>where blocks wait that were flushed to a heap while a thread was stopped in there.
 *   <dt>slot
 *   <dd>in a magazine or depot, the place of a block's address; in a thread cache, the run that the thread freed last.
 *   <dt>run
 *   <dd>whole OS pages of the run area: one LARGE block above 32 KiB, or free memory; <i>clean</i> when it is known to read as zero.
 *   <dt>purge, decay
 *   <dd>to give memory back to the system while keeping its addresses; how long free memory is kept before that.
 *   <dt>resident
 *   <dd>backed by physical memory at the moment.
 *   <dt>mark, sample
 *   <dd>bytes that are requested have marks on them, one in {@code sample} bytes on average ({@link Poisson}); a live block that one fell
 *       on, with who took it and when.
 *   <dt>call site
 *   <dd>a distinct stack that took blocks, from the caller on.
 *   <dt>foreign
 *   <dd>an address that is none of ours: another allocator's.
 * </dl>
 *
 * <h2>The way of an allocation</h2>
 *
 * <pre>
 *   {@link zonal.allocator.Allocator} -> Malloc, Free, Realloc
 *        up to 32 KiB:  ThreadCache (CacheTable says whose) -> Magazine -> Depot -> PageHeap (PagePurge) -> PageArea (ColdPages) -> SystemCalls
 *        above:         RunSlot -> RunHeap (FreeRuns, RunArea, RunResize, RunPurge) -> SystemCalls, or StrictMappings -> SystemCalls
 *   what they write:    BlockMap (how: Bias), Page, Run, at addresses that Range lays out, through Memory
 *   beside them:        Housekeeper gives back, also what IdleCaches and IdleMagazines find; Statistics, ResidentMemory and AllocationDump read; BadCalls deals with bad frees; an Observer hears of them
 *   who took it:        Sampler -> CallStack, SiteTable, SampleTable; SiteHistory finds what only grows; Survey and Growth are for pictures
 * </pre>
 *
 * <h2>What is compiled together</h2>
 *
 * <p>The way of a call that finds what it needs in its thread's cache is inlined into the caller. What happens once in a batch, or more rarely, is
 * {@code @DontInline}, compiled by itself: a case that the compiler had not seen yet then costs the rare method alone its compiled code
 * ({@code Malloc.takeThroughHeap} tells what it was like otherwise), and the compiler has small methods to work on. <i>Measured</i>: the largest
 * compilation took 12 MB, which glibc's malloc keeps, where the refill was inlined into the take and the heap into the refill, and 6 MB so.
 *
 * <h2>Invariants</h2>
 *
 * <ul>
 *   <li>Every granule of a page is free (bit clear, map entry zero), or part of one block (bits set; START at its first granule).
 *   <li>No page is biased to a cache that several threads use; a free page is biased to nobody, and a shared one is at home in its heap's stripe.
 *   <li>{@code live + cached = splitOff}, for each class; cached blocks lie in exactly one magazine or depot, or in the backlog.
 *   <li>{@code free = 4096 - used granules} of each page, and no free run is longer than {@code longest}.
 *   <li>Runs tile the committed part of the run area; no two neighbours are free and of the same kind.
 *   <li>Nothing is read or written at an address from outside before the maps say what lies there.
 *   <li>No Java object is made while a heap's lock is held, and no system call but those that make more of an area accessible where a heap wants a page
 *       and there is none; no path of malloc or free uses the Java heap at all, but where a block is sampled.
 * </ul>
 */
@NullMarked
package zonal.allocator;

import org.jspecify.annotations.NullMarked;
