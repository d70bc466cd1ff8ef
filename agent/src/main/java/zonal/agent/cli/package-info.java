/**
 * The command line: {@code java -jar zonal-agent.jar}, a program of its own that looks at other JVMs. Nothing here is ever loaded into the JVM
 * that is looked at.
 *
 * <pre>
 *   CommandLine   reads the words, calls a command, turns what went wrong into one line and an exit code
 *   Command       what there is: words, help
 *   JavaProcess   a JVM as it is seen without touching it: /proc and its performance counters
 *   Connection    attaches to it and asks its MBean, through the JDK's local management agent
 *   Patience      says that a JVM does not answer yet
 *   ZonesCommand, SitesCommand, DiffCommand, ShowCommand, AttachCommand    one for each kind of answer
 *   Output, Table, Amounts                                                 text for a terminal, a pipe or a file
 * </pre>
 */
@NullMarked
package zonal.agent.cli;

import org.jspecify.annotations.NullMarked;
