package zonal.samples.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import zonal.samples.bench.workloads.Workloads;

final class SettingsTest {
    private static final List<String> KEYS =
            List.of("bench.only", "bench.allocators", "bench.repeats", "bench.scale", "bench.folder");

    @AfterEach
    void forget() {
        KEYS.forEach(System::clearProperty);
    }

    @Test
    void withoutAnyItIsEverythingThreeTimes() {
        System.setProperty("bench.only", "");
        Settings settings = Settings.ofProperties();

        assertThat(settings.workloads()).isEqualTo(Workloads.names());
        assertThat(settings.contenders()).isEqualTo(Contender.ALL);
        assertThat(settings.repeats()).isEqualTo(3);
        assertThat(settings.folder()).isEqualTo(Path.of("bench").toAbsolutePath());
        assertThat(settings.command()).isEqualTo("mvn -q -Pbench package");
    }

    @Test
    void aPartIsSelectedWrittenElsewhereAndRepeatedAsItWas() {
        System.setProperty("bench.only", "larson, scaling,cache");
        System.setProperty("bench.allocators", "zonal,glibc");
        System.setProperty("bench.repeats", "5");
        System.setProperty("bench.scale", "0.5");
        Settings settings = Settings.ofProperties();

        assertThat(settings.workloads())
                .containsExactly("cache", "larson", "scaling-1", "scaling-2", "scaling-4", "scaling-16", "scaling-64");
        assertThat(settings.contenders()).extracting(Contender::name).containsExactly("glibc", "zonal");
        assertThat(settings.folder()).isEqualTo(Path.of("bench/part").toAbsolutePath());
        assertThat(settings.command())
                .isEqualTo("mvn -q -Pbench package -Dbench.only=larson,scaling,cache -Dbench.allocators=zonal,glibc"
                        + " -Dbench.repeats=5 -Dbench.scale=0.5");
        assertThat(settings.commandFor("larson")).contains(" -Dbench.only=larson -D");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bench.only", "bench.allocators", "bench.repeats", "bench.scale"})
    void aWrongValueIsNamedWithItsKey(String key) {
        System.setProperty(key, "-1");

        assertThatThrownBy(() -> {
                    Settings settings = Settings.ofProperties();
                    settings.workloads();
                    settings.contenders();
                })
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(key, "-1");
    }
}
