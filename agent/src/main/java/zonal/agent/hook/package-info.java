/**
 * The two classes that woven methods of the JDK call. The agent defines them in the boot loader, beside the allocator's.
 */
@NullMarked
package zonal.agent.hook;

import org.jspecify.annotations.NullMarked;
