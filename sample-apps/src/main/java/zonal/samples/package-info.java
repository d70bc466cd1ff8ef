/** Sample applications, a package each, and what several of them need. */
@NullMarked
package zonal.samples;

import org.jspecify.annotations.NullMarked;
