package zonal.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The number of this process. Not by {@code ProcessHandle}: where its initialiser fails because the Java heap is full, it is not tried again,
 * and the application could start no process any more.
 */
final class ProcessId {
    private ProcessId() {}

    static long read() {
        try {
            return Long.parseLong(Files.readSymbolicLink(Path.of("/proc/self")).toString());
        } catch (IOException | NumberFormatException e) { // there is no /proc
            return ProcessHandle.current().pid();
        }
    }
}
