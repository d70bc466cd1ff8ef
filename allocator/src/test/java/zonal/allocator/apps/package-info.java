/** What tests need of callers that don't belong to the allocator: those of its own package are left out of stacks. */
@NullMarked
package zonal.allocator.apps;

import org.jspecify.annotations.NullMarked;
