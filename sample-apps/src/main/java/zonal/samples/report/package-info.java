/** What the sample apps print: tables, amounts and progress. */
@NullMarked
package zonal.samples.report;

import org.jspecify.annotations.NullMarked;
