/** What a dump costs the threads that go on allocating: {@link zonal.samples.pause.DumpPause}. */
@NullMarked
package zonal.samples.pause;

import org.jspecify.annotations.NullMarked;
