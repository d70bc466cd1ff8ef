package zonal.agent;

import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import zonal.allocator.AllocationDump;
import zonal.allocator.Options;

/** Writes the list of live blocks when the JVM ends, if the option {@code dump-on-exit} asks for it. */
final class DumpOnExit implements Runnable {
    private static final String STDERR = "-";

    private final String target;

    private DumpOnExit(String target) {
        this.target = target;
    }

    /** Registers the shutdown hook, if there is a target. */
    static void prepare() {
        String target = Options.current().dumpOnExit();
        if (target != null) {
            Runtime.getRuntime().addShutdownHook(new Thread(new DumpOnExit(target), "zonal-dump-on-exit"));
        }
    }

    /** A hook that throws would have the JVM print a stack trace, or call a handler of the application's. */
    @Override
    public void run() {
        try {
            if (target.equals(STDERR)) {
                Writer writer = new OutputStreamWriter(System.err, StandardCharsets.UTF_8);
                AllocationDump.write(writer, false);
                writer.flush();
            } else {
                DumpFile.replace(target);
            }
        } catch (Throwable e) { // the Java heap is full, it may be
            Messages.print(Messages.NO_DUMP_ON_EXIT, e);
        }
    }
}
