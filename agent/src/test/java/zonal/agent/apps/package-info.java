/** Small applications for the tests to run, each in a JVM of its own, with and without the agent. */
@NullMarked
package zonal.agent.apps;

import org.jspecify.annotations.NullMarked;
