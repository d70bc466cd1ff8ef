/** Tests of the agent as a whole: real JVMs started with the packaged jar, looked at from outside. */
@NullMarked
package zonal.agent;

import org.jspecify.annotations.NullMarked;
