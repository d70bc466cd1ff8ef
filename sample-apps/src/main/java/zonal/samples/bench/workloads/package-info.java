/**
 * What is measured: ways of using off-heap memory, each a class. {@link zonal.samples.bench.workloads.Workloads} lists them all.
 *
 * <p>None knows of allocators. All take their memory from {@link zonal.samples.bench.workloads.Blocks}, or from the JDK.
 */
@NullMarked
package zonal.samples.bench.workloads;

import org.jspecify.annotations.NullMarked;
