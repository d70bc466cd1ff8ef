package zonal.samples.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The class files of the running JDK: about 27,000 real files, from 100 bytes to half a megabyte. Thread-safe. */
final class ClassFiles {

    private static final Path ROOT =
            FileSystems.getFileSystem(URI.create("jrt:/")).getPath("/modules");

    private ClassFiles() {}

    /**
     * Names such as {@code java.base/java/lang/Object.class}, sorted, so that two processes of one JDK agree on them.
     *
     * @param most how many are wanted; they are taken evenly from all of them
     */
    static List<String> names(int most) throws IOException {
        List<String> all;
        try (Stream<Path> files = Files.walk(ROOT)) {
            all = files.map(path -> ROOT.relativize(path).toString())
                    .filter(name -> name.endsWith(".class"))
                    .sorted()
                    .toList();
        }
        if (most >= all.size()) {
            return all;
        }
        return Stream.iterate(0, i -> i + 1)
                .limit(most)
                .map(i -> all.get((int) ((long) i * all.size() / most)))
                .toList();
    }

    static byte[] read(String name) {
        try {
            return Files.readAllBytes(ROOT.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
