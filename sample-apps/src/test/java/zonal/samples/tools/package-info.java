/** The tools that look at a JVM under the agent, each used on the sample apps as a person would use it. */
@NullMarked
package zonal.samples.tools;

import org.jspecify.annotations.NullMarked;
