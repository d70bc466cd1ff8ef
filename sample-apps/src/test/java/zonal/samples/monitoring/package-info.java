/** That the files in {@code monitoring/} fit what an exporter beside the agent really has. */
@NullMarked
package zonal.samples.monitoring;

import org.jspecify.annotations.NullMarked;
