/**
 * Other JVMs, started and watched from outside: the command ({@link zonal.samples.jvm.JavaCommand}), its memory as the
 * system counts it ({@link zonal.samples.jvm.ProcessMemory}), Zonal's console over JMX ({@link zonal.samples.jvm.ZonalConsole})
 * and {@code jcmd} ({@link zonal.samples.jvm.Jcmd}), and the text they answer ({@link zonal.samples.jvm.ShownBlocks}).
 */
@NullMarked
package zonal.samples.jvm;

import org.jspecify.annotations.NullMarked;
