/**
 * The demo: an ordinary off-heap cache server, run once on the stock allocator and once under the agent.
 *
 * <p>Two halves that share no memory:
 *
 * <ul>
 *   <li><b>the app</b>: {@link zonal.samples.demo.CacheServer} with {@link zonal.samples.demo.CacheHandler} (Netty) and
 *       {@link zonal.samples.demo.Store} (OHC). It knows nothing of Zonal, and nothing in it differs between the runs.
 *   <li><b>the driver</b>: {@link zonal.samples.demo.Demo} starts the app twice ({@link zonal.samples.demo.DemoRun}), sends
 *       the same work to it ({@link zonal.samples.demo.Workload}), compares every byte, and measures from outside.
 * </ul>
 *
 * <p>Words: a <i>class file</i> is one of the running JDK's; a <i>revision</i> is a state of its cache entry, known to the
 * driver by number alone ({@link zonal.samples.demo.Revision}); a <i>tag</i> is the length and checksum that the server
 * keeps of each entry.
 */
@NullMarked
package zonal.samples.demo;

import org.jspecify.annotations.NullMarked;
