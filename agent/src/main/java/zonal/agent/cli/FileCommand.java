package zonal.agent.cli;

import java.io.IOException;

/** Has the JVM write a file, and says where it is. */
final class FileCommand {
    private FileCommand() {}

    /** @param operation the bean's operation, which takes a file */
    static void run(JavaProcess process, String operation, String file, Output out) throws CommandFailure, IOException {
        try (Connection connection = Connection.open(process)) {
            out.line(connection.write(operation, file));
        }
    }
}
