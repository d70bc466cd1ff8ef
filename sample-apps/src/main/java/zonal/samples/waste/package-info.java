/** What blocks of each size cost beyond what was asked for: {@link zonal.samples.waste.Waste}. */
@NullMarked
package zonal.samples.waste;

import org.jspecify.annotations.NullMarked;
