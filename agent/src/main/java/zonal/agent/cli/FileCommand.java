package zonal.agent.cli;

import java.io.IOException;
import java.nio.file.Path;

/** Has the JVM write a file, and says where it is. */
final class FileCommand {
    private FileCommand() {}

    /** @param operation the bean's operation, which takes a file */
    static void run(JavaProcess process, String operation, String file, Output out) throws CommandFailure, IOException {
        if (file.isBlank()) {
            throw new CommandFailure(CommandFailure.USAGE, "the file needs a name");
        }
        try (Connection connection = Connection.open(process)) {
            String written = connection.write(operation, file);
            Path here = process.seenHere(Path.of(written));
            out.line(
                    here == null
                            ? written + " (in " + process + ", which sees other files than we do)"
                            : here.toString());
        }
    }
}
