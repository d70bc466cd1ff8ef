package zonal.samples.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether the system backs any memory with huge pages unasked: then one fault may bring 2 MiB, and counts tell nothing. */
final class HugePages {

    private static final Path SETTING = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");

    private HugePages() {}

    static boolean always() {
        try {
            return Files.readString(SETTING).contains("[always]");
        } catch (IOException e) {
            return false; // a kernel without them
        }
    }
}
