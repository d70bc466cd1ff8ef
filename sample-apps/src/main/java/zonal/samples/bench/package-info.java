/**
 * The benchmark suite: every workload, on five allocators, through {@code sun.misc.Unsafe}.
 *
 * <pre>
 *   mvn -q -Pbench package                                     all of it; about forty minutes on two quiet cores
 *   mvn -q -Pbench package -Dbench.only=pair-64,larson         two workloads ("pair" names all that begin with "pair-")
 *   mvn -q -Pbench package -Dbench.allocators=glibc,zonal      two of the five
 *   mvn -q -Pbench package -Dbench.repeats=5 -Dbench.scale=2   more JVMs for each; each measured for longer
 *   mvn -q -Pbench package -Dbench.args=jmh                    the pairs in JMH, with what they allocate on the Java heap
 *   mvn -q -Pbench package -Dbench.args=start-up               what the agent adds to the start of a JVM, and what for
 *   mvn -q -Pbench package -Dbench.args=sampling               what the sampling of stacks costs the cache workload
 *   mvn -q -Pbench package -Dbench.args=huge-pages             what huge-pages=advise saves random writes
 * </pre>
 *
 * <p>{@link zonal.samples.bench.Bench} starts a JVM for each workload, allocator and repeat, interleaved (A B C D E A B C D E), so that
 * whatever slows the machine for a while slows all of them. Each JVM runs {@link zonal.samples.bench.Worker}, which warms a
 * {@link zonal.samples.bench.workloads.Workload} up for some two seconds, measures a fixed number of operations that takes 0.6, and prints
 * one line. The JVMs differ in their allocator and in nothing else: the peers are preloaded, Zonal is an agent.
 *
 * <p>Under {@code target/bench}: {@code results.tsv} has one line for each JVM, written as they end, so that a run that is killed is not
 * lost; {@code table.md}, {@code time.svg} and {@code memory.svg} are made of it after each workload.
 *
 * <p>Blocks carry a stamp, which is checked when they are freed. A wrong one, a free that Zonal calls bad, a crash or an allocator that was not
 * really there fails the suite, after the table was printed.
 *
 * <p>The workloads are those that the field compares allocators by (most are told of in mimalloc-bench), written anew.
 */
@NullMarked
package zonal.samples.bench;

import org.jspecify.annotations.NullMarked;
