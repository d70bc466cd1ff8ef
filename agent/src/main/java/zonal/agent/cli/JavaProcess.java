package zonal.agent.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import sun.jvmstat.monitor.Monitor;
import sun.jvmstat.monitor.MonitorException;
import sun.jvmstat.monitor.MonitoredHost;
import sun.jvmstat.monitor.MonitoredVm;
import sun.jvmstat.monitor.MonitoredVmUtil;
import sun.jvmstat.monitor.VmIdentifier;

/**
 * A process with a JVM in it, as it is seen without touching it: its maps and its owner under {@code /proc}, and the performance counters
 * that a JVM shares with its user. A JVM that was told not to share them ({@code -XX:-UsePerfData}, {@code -XX:+PerfDisableSharedMem}) is
 * found all the same, but whether it has the agent is then not known.
 *
 * @param java its version, or {@link #UNKNOWN}
 * @param agent the agent's version, {@link #NONE}, or {@link #UNKNOWN}
 * @param detached whether the agent is there, and serves no new requests
 * @param main its main class or jar
 */
record JavaProcess(long pid, String java, String agent, boolean detached, String main) {
    static final String NONE = "-";
    static final String UNKNOWN = "?";

    // What a container has of its own: see namespaces(7).
    static final String FILES = "mnt";
    static final String NETWORK = "net";

    // The counters that the agent makes: zonal.agent.Presence.
    private static final String AGENT_COUNTER = "zonal.version";
    private static final String ATTACHED_COUNTER = "zonal.attached";

    private static final String JAVA_COUNTER = "java.property.java.version";
    private static final String JVM_LIBRARY = "libjvm.so";
    private static final int OLDEST_JAVA = 25;

    // In /proc/PID/status.
    private static final String STATE = "State";
    private static final String ZOMBIE = "Z";

    /** The JVMs that this user may look into, its own, or root all, but for this one, in the order of their numbers. */
    static List<JavaProcess> all() {
        long self = ProcessHandle.current().pid();
        int user = whoAsks();
        List<JavaProcess> read = ProcessHandle.allProcesses()
                .map(ProcessHandle::pid)
                .filter(pid -> pid != self && (user == 0 || owner(pid) == user) && hasJvm(pid))
                .sorted(Comparator.naturalOrder())
                .map(JavaProcess::read)
                .toList();
        // Of one that has ended meanwhile nobody knows any more what it was.
        return read.stream().filter(process -> process.user() >= 0).toList();
    }

    /** The JVM with this number. */
    static JavaProcess of(long pid) throws CommandFailure {
        int owner = owner(pid);
        if (owner < 0) {
            throw new CommandFailure(CommandFailure.NO_JVM, "there is no process " + pid);
        }
        // Asked to let us attach, the JVM would print its threads.
        if (isThread(pid)) {
            throw new CommandFailure(
                    CommandFailure.NO_JVM, "there is no process " + pid + ", that is the number of a thread");
        }
        int user = whoAsks();
        if (owner != user && user != 0) {
            throw new CommandFailure(
                    CommandFailure.NO_JVM,
                    "process " + pid + " is " + ownerName(pid) + "'s: only that user, or root, may look into it");
        }
        if (!hasJvm(pid)) {
            throw new CommandFailure(
                    CommandFailure.NO_JVM,
                    "process " + pid + " (" + command(pid) + ") is no Java VM"
                            + (status(pid, STATE).startsWith(ZOMBIE)
                                    ? ": it has ended, and its parent has not asked how (a zombie)"
                                    : ""));
        }
        return read(pid);
    }

    boolean hasAgent() {
        return !agent.equals(NONE) && !agent.equals(UNKNOWN);
    }

    /** Whether it is known to be too old a JVM for the agent. */
    boolean isTooOld() {
        int digits = 0;
        while (digits < java.length() && Character.isDigit(java.charAt(digits))) {
            digits++;
        }
        return digits > 0 && Integer.parseInt(java.substring(0, digits)) < OLDEST_JAVA;
    }

    /**
     * Whether it runs nothing now, by SIGSTOP or in a debugger. Asked to let us attach it would not answer, and perhaps print its threads when it goes
     * on.
     */
    boolean isStopped() {
        return status(pid, STATE).matches("[Tt].*");
    }

    /** The number of the user whose process it is, or -1: it has ended. */
    int user() {
        return owner(pid);
    }

    /** The name of the user whose process it is, or that user's number. */
    String userName() {
        return ownerName(pid);
    }

    /** Whether it is of the user who asks. */
    boolean isOurs() {
        return user() == whoAsks();
    }

    /** Its root directory, as a path of ours. */
    Path root() {
        return proc(pid).resolve("root");
    }

    /** The name by which it knows one of our files, if that is below {@link #root}; else ours. */
    String seenThere(Path file) {
        return file.startsWith(root()) ? "/" + root().relativize(file) : file.toString();
    }

    /** The name by which we know a file that it has written; null if we can't see it. */
    @Nullable
    Path seenHere(Path file) throws IOException {
        if (!hasItsOwn(FILES)) {
            return file;
        }
        Path there = root().resolve("." + file).normalize();
        if (!Files.exists(there)) {
            return null;
        }
        return Files.exists(file) && Files.isSameFile(file, there) ? file : there;
    }

    /** Whether what it sees of the system is not what we see; false where that can't be told. */
    boolean hasItsOwn(String namespace) {
        try {
            return !Files.readSymbolicLink(proc(pid).resolve("ns").resolve(namespace))
                    .equals(Files.readSymbolicLink(Path.of("/proc/self/ns", namespace)));
        } catch (IOException e) {
            return false;
        }
    }

    /** How messages name it. */
    @Override
    public String toString() {
        return "process " + pid + " (" + main + ")";
    }

    private static JavaProcess read(long pid) {
        MonitoredVm jvm = null;
        try {
            MonitoredHost host = MonitoredHost.getMonitoredHost("localhost");
            jvm = host.getMonitoredVm(new VmIdentifier("//" + pid + "?mode=r"));
            String agent = counter(jvm, AGENT_COUNTER);
            return new JavaProcess(
                    pid,
                    java(counter(jvm, JAVA_COUNTER)),
                    agent == null ? NONE : agent,
                    "0".equals(counter(jvm, ATTACHED_COUNTER)),
                    main(jvm));
        } catch (MonitorException | URISyntaxException | RuntimeException e) {
            // Not shared, gone meanwhile, or what that user has written there is none.
            return new JavaProcess(pid, UNKNOWN, UNKNOWN, false, command(pid));
        } finally {
            if (jvm != null) {
                jvm.detach();
            }
        }
    }

    /** A version that can be compared; those before 9 begin with {@code 1.}. */
    private static String java(@Nullable String version) {
        return version == null
                ? UNKNOWN
                : version.startsWith("1.") ? version.substring(2).replace('_', '.') : version;
    }

    private static String main(MonitoredVm jvm) throws MonitorException {
        String main = MonitoredVmUtil.mainClass(jvm, true);
        return main == null || main.isBlank() ? UNKNOWN : main;
    }

    private static @Nullable String counter(MonitoredVm jvm, String name) throws MonitorException {
        Monitor monitor = jvm.findByName(name);
        return monitor == null ? null : String.valueOf(monitor.getValue());
    }

    // ---- /proc

    private static Path proc(long pid) {
        return Path.of("/proc", Long.toString(pid));
    }

    /** The number of the user whose process it is, or -1: there is none. */
    private static int owner(long pid) {
        try {
            return (Integer) Files.getAttribute(proc(pid), "unix:uid");
        } catch (IOException e) {
            return -1;
        }
    }

    /** Whether the number is one of a thread that is not the first of its process: it has a folder, too, which is not listed. */
    private static boolean isThread(long pid) {
        String process = status(pid, "Tgid");
        return !process.isEmpty() && !process.equals(Long.toString(pid));
    }

    /** What the system says of it under this name, or nothing. */
    private static String status(long pid, String name) {
        String beginning = name + ":\t";
        try (BufferedReader status =
                Files.newBufferedReader(proc(pid).resolve("status"), StandardCharsets.ISO_8859_1)) {
            return status.lines()
                    .filter(line -> line.startsWith(beginning))
                    .map(line -> line.substring(beginning.length()))
                    .findFirst()
                    .orElse("");
        } catch (IOException | UncheckedIOException e) {
            return ""; // it has ended meanwhile, or lets nobody look
        }
    }

    private static String ownerName(long pid) {
        try {
            return Files.getOwner(proc(pid)).getName();
        } catch (IOException e) {
            return UNKNOWN; // it has ended meanwhile
        }
    }

    private static int whoAsks() {
        return owner(ProcessHandle.current().pid());
    }

    private static boolean hasJvm(long pid) {
        try (BufferedReader maps = Files.newBufferedReader(proc(pid).resolve("maps"), StandardCharsets.ISO_8859_1)) {
            return maps.lines()
                    .anyMatch(line ->
                            line.contains("/" + JVM_LIBRARY)); // " (deleted)" follows where the JDK was replaced
        } catch (AccessDeniedException e) {
            return !read(pid).java.equals(UNKNOWN); // it has more rights than we: its counters tell all the same
        } catch (IOException | UncheckedIOException e) {
            return false; // it has ended meanwhile, or lets nobody look
        }
    }

    /** Its command's name, for want of better. */
    private static String command(long pid) {
        try {
            return Files.readString(proc(pid).resolve("comm")).strip();
        } catch (IOException e) {
            return UNKNOWN;
        }
    }
}
