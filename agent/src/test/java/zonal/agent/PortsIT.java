package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import zonal.agent.apps.Holder;

/** Nobody can reach a JVM from outside for having Zonal in it. What a process listens on is read from the kernel's tables. */
class PortsIT {
    private static final List<String> NETWORK = List.of("tcp", "tcp6", "udp", "udp6", "raw", "raw6");
    private static final int INODE_IN_NETWORK = 9;
    private static final int INODE_IN_UNIX = 6;
    private static final int PATH_IN_UNIX = 7;

    @TempDir
    Path folder;

    @Test
    void aJvmWithTheAgentHasNoSocketOfAnyKind() throws Exception {
        try (Jvm.Running running = new Jvm(folder).agent().app(Holder.class).start()) {
            running.awaitLine("ready");
            assertEquals(List.of(), network(running.pid()));
            assertEquals(List.of(), unix(running.pid()));
            assertEquals(Set.of(), socketInodes(running.pid()));
        }
    }

    @Test
    void noCommandThroughTheJdksAttachOpensMoreThanThatFileWhichIsItsOwnersAlone() throws Exception {
        try (Jvm.Running running = new Jvm(folder)
                .agent()
                .option("-XX:+EnableDynamicAgentLoading")
                .app(Holder.class)
                .start()) {
            running.awaitLine("ready");
            for (String command : List.of("show_alloc_mem", "report", "detach", "attach")) {
                Jvm.execute(folder, Jvm.tool("jcmd"), running.pid(), "JVMTI.agent_load", Jvm.AGENT_JAR, command);
            }
            assertEquals(List.of(), network(running.pid()));
            List<String> files = unix(running.pid());
            assertEquals(1, files.size(), files.toString());
            Path file = Path.of(files.getFirst().replaceAll("\\.tmp$", ""));
            assertEquals(".java_pid" + running.pid(), String.valueOf(file.getFileName()));
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
            assertEquals(Files.getOwner(Path.of("/proc", Long.toString(running.pid()))), Files.getOwner(file));
        }
    }

    @Test
    void theManagementAgentOfTheJdkListensAsItDoesWithoutZonal() throws Exception {
        List<String> without = listeningWithManagement(new Jvm(folder));
        List<String> with = listeningWithManagement(new Jvm(folder).agent());
        assertFalse(without.isEmpty());
        assertEquals(without, with);
    }

    /** What it listens on once the JDK's local management agent was started, without the ports' numbers, which the system chooses. */
    private static List<String> listeningWithManagement(Jvm jvm) throws Exception {
        try (Jvm.Running running = jvm.app(Holder.class).start()) {
            running.awaitLine("ready");
            VirtualMachine machine = VirtualMachine.attach(Long.toString(running.pid()));
            machine.startLocalManagementAgent();
            machine.detach();
            return network(running.pid()).stream()
                    .map(socket -> socket.replaceAll(":[0-9A-F]{4} ", " "))
                    .sorted()
                    .toList();
        }
    }

    /** Table, local address and state of each socket of the process that a network has to do with. */
    private static List<String> network(long pid) throws IOException {
        Set<String> inodes = socketInodes(pid);
        List<String> sockets = new ArrayList<>();
        for (String table : NETWORK) {
            for (String[] words : table(pid, table)) {
                if (inodes.contains(words[INODE_IN_NETWORK])) {
                    sockets.add(table + " " + words[1] + " " + words[3]);
                }
            }
        }
        return sockets;
    }

    /** The files of the process's sockets that are bound to one. */
    private static List<String> unix(long pid) throws IOException {
        Set<String> inodes = socketInodes(pid);
        List<String> files = new ArrayList<>();
        for (String[] words : table(pid, "unix")) {
            if (words.length > PATH_IN_UNIX && inodes.contains(words[INODE_IN_UNIX])) {
                files.add(words[PATH_IN_UNIX]);
            }
        }
        return files;
    }

    private static List<String[]> table(long pid, String name) throws IOException {
        Path table = Path.of("/proc", Long.toString(pid), "net", name);
        List<String[]> lines = new ArrayList<>();
        if (Files.exists(table)) {
            for (String line : Files.readAllLines(table)) {
                lines.add(line.strip().split("\\s+", -1));
            }
            assertTrue(!lines.isEmpty(), table.toString());
            lines.removeFirst(); // what the columns are called
        }
        return lines;
    }

    private static Set<String> socketInodes(long pid) throws IOException {
        Set<String> inodes = new HashSet<>();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
            for (Path descriptor : descriptors.toList()) {
                try {
                    String target = Files.readSymbolicLink(descriptor).toString();
                    if (target.startsWith("socket:[")) {
                        inodes.add(target.substring("socket:[".length(), target.length() - 1));
                    }
                } catch (NoSuchFileException e) {
                    // It was closed since the folder was read.
                }
            }
        }
        return inodes;
    }
}
