package zonal.samples.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One of the five allocators.
 *
 * @param name as in the table
 * @param debianPackage what to install to have it; empty where nothing needs to be
 * @param libraryFiles what a JVM preloads, the first of them that is there; empty for none
 */
record Contender(String name, String debianPackage, List<String> libraryFiles) {
    static final Contender ZONAL = new Contender(Worker.ZONAL, "", List.of());

    /** In the order in which they take their turns; the one that is compared with the others is the last. */
    static final List<Contender> ALL = List.of(
            new Contender(Worker.GLIBC, "", List.of()),
            new Contender("jemalloc", "libjemalloc2", List.of("libjemalloc.so.2")),
            new Contender(
                    "mimalloc",
                    "libmimalloc2.0, or libmimalloc3 from Debian 13 on",
                    List.of("libmimalloc.so.3", "libmimalloc.so.2")),
            new Contender(
                    "tcmalloc",
                    "libtcmalloc-minimal4, or libtcmalloc-minimal4t64 from Debian 13 on",
                    List.of("libtcmalloc_minimal.so.4")),
            ZONAL);

    private static final List<Path> LIBRARY_FOLDERS = Stream.of(
                    "/usr/local/lib", "/lib", "/usr/lib", "/lib64", "/usr/lib64")
            .map(Path::of)
            .toList();

    /** Names of the four that Zonal is measured against. */
    static List<String> peers() {
        return ALL.stream()
                .filter(each -> !each.equals(ZONAL))
                .map(Contender::name)
                .toList();
    }

    /** Why it can't take part, if it can't. */
    Optional<String> missing(Settings settings) {
        if (equals(ZONAL) && !Files.isRegularFile(settings.agentJar())) {
            return Optional.of("zonal is missing: no " + settings.agentJar());
        }
        if (!libraryFiles.isEmpty() && library().isEmpty()) {
            return Optional.of(name + " is missing: no " + String.join(" or ", libraryFiles)
                    + " in the library folders; Debian's package is " + debianPackage);
        }
        return Optional.empty();
    }

    /** What makes a JVM run on it: options that are its own. */
    List<String> jvmOptions(Settings settings) {
        return equals(ZONAL) ? List.of("-javaagent:" + settings.agentJar()) : List.of();
    }

    /** What a JVM must find in its environment to run on it. */
    void prepare(ProcessBuilder builder) {
        builder.environment().remove("LD_PRELOAD");
        library().ifPresent(library -> builder.environment().put("LD_PRELOAD", library.toString()));
    }

    /** What a {@link Worker} is to look for. */
    String evidence() {
        return library().map(found -> found.getFileName().toString()).orElse(name);
    }

    private Optional<Path> library() {
        return libraryFiles.stream()
                .flatMap(file -> LIBRARY_FOLDERS.stream()
                        .filter(Files::isDirectory)
                        .flatMap(Contender::withArchitectures)
                        .map(folder -> folder.resolve(file)))
                .filter(Files::isRegularFile)
                .findFirst();
    }

    /** The library with its version, as far as its file's name tells it, in parentheses; nothing where there is none. */
    String version() {
        try {
            Optional<Path> found = library();
            return found.isEmpty() ? "" : " (" + found.get().toRealPath().getFileName() + ")";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A folder, and Debian's folder for this architecture in it. */
    private static Stream<Path> withArchitectures(Path folder) {
        String architecture = System.getProperty("os.arch").replace("amd64", "x86_64");
        try (Stream<Path> inside = Files.list(folder)) {
            List<Path> own = inside.filter(each -> each.getFileName().toString().startsWith(architecture + "-linux-"))
                    .toList();
            return Stream.concat(Stream.of(folder), own.stream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
