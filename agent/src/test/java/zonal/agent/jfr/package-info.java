@NullMarked
package zonal.agent.jfr;

import org.jspecify.annotations.NullMarked;
