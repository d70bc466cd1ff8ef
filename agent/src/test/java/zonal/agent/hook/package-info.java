/** Tests of what woven methods ask, called as they do. */
@NullMarked
package zonal.agent.hook;

import org.jspecify.annotations.NullMarked;
