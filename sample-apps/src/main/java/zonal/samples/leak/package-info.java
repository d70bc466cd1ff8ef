/**
 * A program that leaks off-heap memory, slowly, beside much that doesn't: {@link zonal.samples.leak.LeakingServer}. It knows nothing of Zonal. The
 * README finds the leak in three commands.
 */
@NullMarked
package zonal.samples.leak;

import org.jspecify.annotations.NullMarked;
