/**
 * What Zonal tells JFR. Loaded only where the image has JFR; all but {@link zonal.agent.jfr.FlightRecorderEvents} only once a recorder
 * starts.
 *
 * <pre>
 *   zonal.Zone               periodic    how much each zone holds: a row a zone
 *   zonal.LiveSite           periodic    which call sites hold most: a row a site
 *   zonal.AllocationSample   throttled   a block that was sampled, with the stack that took it
 *   zonal.BadFree            each        a free or realloc of what is no live block, with its stack
 *   zonal.Dump               each        the list of live blocks was written to a file: a recording's setting asked for it
 * </pre>
 *
 * <p>Two annotations of the JDK's own events make ours as readable: {@code RemoveFields} leaves out columns that never have a value, and
 * {@code StackFilter} the frames between the caller and the event. Where a JDK does not know them, annotations are passed over.
 */
@NullMarked
package zonal.agent.jfr;

import org.jspecify.annotations.NullMarked;
