@NullMarked
package zonal.agent.cli;

import org.jspecify.annotations.NullMarked;
