/**
 * The test programs of the C malloc that Zonal is modelled on, for {@code sun.misc.Unsafe}, and
 * {@link zonal.samples.model.ModelTests}, which runs each of them stock and under the agent and compares.
 *
 * <p>The programs ({@code Test0} to {@code Test6}) read like the C originals: {@link zonal.samples.model.CMemory} has the
 * C names. They don't know that an agent exists; only {@code Test6} asks for {@code show_alloc_mem}, and does without it
 * where nobody offers it.
 */
@NullMarked
package zonal.samples.model;

import org.jspecify.annotations.NullMarked;
