package zonal.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClassFilesTest {

    @Test
    void allOfTheJdkAreFound() throws IOException {
        List<String> names = ClassFiles.names(Integer.MAX_VALUE);

        assertThat(names)
                .contains("java.base/java/lang/Object.class")
                .isSorted()
                .doesNotHaveDuplicates();
        assertThat(names).hasSizeGreaterThan(5_000);
    }

    @Test
    void fewerAreTakenEvenlyFromAll() throws IOException {
        List<String> names = ClassFiles.names(100);

        assertThat(names).hasSize(100).isSorted().doesNotHaveDuplicates();
        assertThat(names).anyMatch(name -> !name.startsWith("java.base/"));
    }

    @Test
    void aClassFileIsReadAsItIs() {
        assertThat(ClassFiles.read("java.base/java/lang/Object.class"))
                .startsWith(0xCA, 0xFE, 0xBA, 0xBE)
                .hasSizeGreaterThan(1_000);
    }

    @Test
    void namesNeedNoEscapeInARequestLine() throws IOException {
        assertThat(ClassFiles.names(Integer.MAX_VALUE)).allMatch(name -> name.matches("[A-Za-z0-9_.$/-]+"));
    }
}
