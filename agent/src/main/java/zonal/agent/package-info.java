/**
 * Puts a JVM's off-heap memory on Zonal's allocator.
 *
 * <pre>
 *   zonal-agent.jar                loader            may see
 *     zonal/agent/ZonalAgent       application       the gate: premain, agentmain, main; nothing else is here
 *     inst/zonal/agent/...         ZonalAgent        the JDK, and boot/; Byte Buddy's class file reader is among it
 *     inst/zonal/agent/cli/...     another one       all of the JDK: the command line, in a JVM of its own
 *     boot/zonal/agent/hook/...    boot              called by the woven methods of the JDK
 *     boot/zonal/allocator/...     boot              the allocator
 * </pre>
 *
 * <p>The way of an installation: {@code ZonalAgent} looks at the JVM, {@link zonal.agent.Installation} goes through the
 * steps, {@link zonal.agent.BootClasses} defines {@code boot/}, {@link zonal.agent.ModuleAccess} opens what they need,
 * {@link zonal.agent.JdkTransformer} weaves with {@link zonal.agent.UnsafeWeave}, and last comes what people look at:
 * {@link zonal.agent.Management} (which registers {@link zonal.agent.AllocatorMXBean}, the {@link zonal.agent.ZonePools} of consoles and the
 * {@link zonal.agent.MetricsBean} of scrapers), {@link zonal.agent.FlightRecording}, {@link zonal.agent.DumpCommand}, {@link zonal.agent.DumpOnExit}.
 * {@link zonal.agent.Presence} tells the command line that the agent is there.
 *
 * <p>Invariants:
 * <ul>
 *   <li>Before the weave, nothing has changed for the application. After it, every block of Zonal is freed by Zonal.
 *   <li>Nothing here is on the way of an allocation; only {@code zonal.agent.hook} is, and, once a recorder of JFR has started, its observer on that
 *       of a sampled one.
 *   <li>An application's stdout is never written. stderr gets a line only where the application's owner has to know something.
 *   <li>Neither {@code java.util.logging} nor the platform MBeanServer is touched before somebody else does.
 * </ul>
 */
@NullMarked
package zonal.agent;

import org.jspecify.annotations.NullMarked;
