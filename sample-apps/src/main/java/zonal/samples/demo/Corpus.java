package zonal.samples.demo;

import java.io.IOException;
import java.util.List;

/** The driver's own copy of the class files, in the order of their names. Immutable. */
final class Corpus {

    private final List<String> names;
    private final List<byte[]> contents;

    private Corpus(List<String> names, List<byte[]> contents) {
        this.names = names;
        this.contents = contents;
    }

    /** Reads the class files that a server which was told the same number loads. */
    static Corpus read(int files) throws IOException {
        List<String> names = ClassFiles.names(files);
        return new Corpus(names, names.parallelStream().map(ClassFiles::read).toList());
    }

    int size() {
        return names.size();
    }

    String name(int file) {
        return names.get(file);
    }

    byte[] content(int file) {
        return contents.get(file);
    }

    long bytes() {
        return contents.stream().mapToLong(content -> content.length).sum();
    }
}
