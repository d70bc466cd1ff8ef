package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The library needs no start: any call may be the first. */
class FirstCallTest {

    /** Ways to memory and C functions, with the JDK's internals and without; and what nobody uses but an application that names it. */
    private static final Set<String> NOT_NEEDED_BELOW = Set.of(
            "zonal/allocator/CFunction$Linked",
            "zonal/allocator/DirectDowncall",
            "zonal/allocator/Memory$Foreign",
            "zonal/allocator/ZoneArena");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "malloc",
                "calloc",
                "realloc",
                "free",
                "owns",
                "usableSize",
                "isFresh",
                "show_alloc_mem",
                "statistics",
                "survey",
                "arena"
            })
    void anyCallMayBeTheFirst(String call) {
        ChildJvm.of(FirstCall.class, call).run().succeeded();
    }

    /** Else it might find the Java heap full. A virtual thread may have no cache of its own, and be the one that starts the allocator. */
    @Test
    void afterTheStartNoCallInitialisesAClass() {
        String out = startedByAVirtualThread();
        assertThat(out.substring(out.indexOf("started"), out.indexOf("called")))
                .doesNotContain("Initializing 'zonal/allocator/");
    }

    /** Nor does the housekeeper, or who looks at the heap: a class that can't be initialised, for want of Java heap, is never initialised. */
    @Test
    void afterTheStartNoClassIsLeftToInitialise() throws IOException {
        String out = startedByAVirtualThread();
        String atStart = out.substring(0, out.indexOf("started"));
        List<String> left = new ArrayList<>();
        for (Path file : classFiles()) {
            ClassModel model = ClassFile.of().parse(file);
            String name = model.thisClass().asInternalName();
            boolean initialises = model.methods().stream()
                    .anyMatch(method -> method.methodName().equalsString("<clinit>"));
            if (initialises && !atStart.contains("Initializing '" + name + "'")) {
                left.add(name);
            }
        }
        assertThat(left).isSubsetOf(NOT_NEEDED_BELOW);
    }

    private static String startedByAVirtualThread() {
        ChildJvm.Result result = ChildJvm.of(FirstCall.class, "started-by-a-virtual-thread")
                .flags("-Xlog:class+init=info:stdout")
                .run()
                .succeeded();
        assertThat(result.out()).contains("Initializing 'zonal/allocator/Magazine'");
        return result.out();
    }

    private static List<Path> classFiles() throws IOException {
        Path classes = Path.of(Allocator.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath());
        try (Stream<Path> files = Files.list(classes.resolve("zonal/allocator"))) {
            return files.filter(file -> file.toString().endsWith(".class")).toList();
        }
    }
}
