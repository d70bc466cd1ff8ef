package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Options are read from one line, or from system properties; a wrong one is told in one line that says what is right. */
class OptionsTest {

    @Test
    void withNothingSaidTheDefaultsAreThoseOfTheContract() {
        assertThat(parse(null)).isEqualTo(Options.DEFAULT).isEqualTo(parse("")).isEqualTo(parse(" "));
        assertThat(Options.DEFAULT.asMap())
                .containsExactly(
                        Map.entry("tiny", "128"),
                        Map.entry("small", "1024"),
                        Map.entry("large", "packed"),
                        Map.entry("large-cache", "64m"),
                        Map.entry("huge-pages", "off"),
                        Map.entry("decay", "10s"),
                        Map.entry("on-error", "report"),
                        Map.entry("sample", "512k"),
                        Map.entry("zero-on-free", "off"));
    }

    @ParameterizedTest
    @CsvSource({
        "tiny=16, 16",
        "tiny=64, 64",
        "tiny=512, 512",
        "tiny=1008, 1008",
    })
    void tinyIsAMultipleOfSixteenBelowSmall(String argument, int bytes) {
        assertThat(parse(argument).tiny()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({
        "small=144, 144",
        "small=2k, 2048",
        "small=2K, 2048",
        "small=20000, 20000",
        "small=32k, 32768",
        "small=32768, 32768"
    })
    void smallIsAMultipleOfSixteenUpTo32k(String argument, int bytes) {
        assertThat(parse(argument).small()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1",
        "10k, 10240",
        "3m, 3145728",
        "2g, 2147483648",
        "2G, 2147483648",
        "5M, 5242880",
        "0000000000000000000064k, 65536",
        "9223372036854775807, 9223372036854775807"
    })
    void amountsTakeUnits(String text, long bytes) {
        assertThat(parse("large-cache=" + text).largeCache()).isEqualTo(bytes);
        assertThat(parse("sample=" + text).sample()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({"0s, 0", "500ms, 500000000", "10s, 10000000000", "2m, 120000000000", "never, 9223372036854775807"})
    void decayIsATimeOrNever(String text, long nanos) {
        assertThat(parse("decay=" + text).decayNanos()).isEqualTo(nanos);
    }

    @Test
    void choicesAndFilesAreTakenAsTheyAre() {
        assertThat(parse("large=strict").large()).isEqualTo(LargeMode.STRICT);
        assertThat(parse("large=packed").large()).isEqualTo(LargeMode.PACKED);
        assertThat(parse("on-error=report").onError()).isEqualTo(ErrorMode.REPORT);
        assertThat(parse("on-error=throw").onError()).isEqualTo(ErrorMode.THROW);
        assertThat(parse("on-error=abort").onError()).isEqualTo(ErrorMode.ABORT);
        assertThat(parse("zero-on-free=on").zeroOnFree()).isTrue();
        assertThat(parse("zero-on-free=off").zeroOnFree()).isFalse();
        assertThat(parse(null).zeroOnFree()).isFalse();
        assertThat(parse("dump-on-exit=-").dumpOnExit()).isEqualTo("-");
        assertThat(parse("dump-on-exit=/tmp/a file=1").dumpOnExit()).isEqualTo("/tmp/a file=1");
        assertThat(parse(null).dumpOnExit()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tiny=17         | multiple of 16",
                "tiny=0          | multiple of 16",
                "tiny=8          | multiple of 16",
                "tiny=-16        | multiple of 16",
                "tiny=           | multiple of 16",
                "tiny            | multiple of 16",
                "tiny=abc        | multiple of 16",
                "tiny=32k        | from 16 to 32752, less than small",
                "small=16        | from 32 to 32k, more than tiny",
                "small=1000      | multiple of 16",
                "small=32784     | 32k",
                "small=1m        | 32k",
                "small=1.5k      | multiple of 16",
                "large=big       | packed or strict",
                "large=STRICT    | packed or strict",
                "large=          | packed or strict",
                "large-cache=-1  | such as 64m",
                "large-cache=x   | such as 64m",
                "large-cache=1t  | such as 64m",
                "large-cache=99999999999999999999 | such as 64m",
                "large-cache=9999999999999999999 | such as 64m",
                "large-cache=9999999999g | such as 64m",
                "decay=10        | 0s for at once, or never",
                "decay=          | 0s for at once, or never",
                "decay=s         | 0s for at once, or never",
                "decay=-1s       | 0s for at once, or never",
                "decay=1h        | 0s for at once, or never",
                "decay=99999999999999999m | 0s for at once, or never",
                "on-error=ignore | 'report, throw or abort'",
                "huge-pages=on   | off or advise",
                "sample=all      | 0 is off",
                "zero-on-free=true | on or off",
                "zero-on-free=   | on or off",
                "dump-on-exit=   | - for stderr"
            })
    void aWrongValueIsToldWithItsKeyAndWhatTheKeyTakes(String argument, String right) {
        int equals = argument.indexOf('=');
        String key = equals < 0 ? argument : argument.substring(0, equals);
        String value = equals < 0 ? "" : argument.substring(equals + 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse(argument))
                .withMessageStartingWith("zonal: option " + key + "=" + value + " is not valid: " + key + " takes ")
                .withMessageContaining(right)
                .withMessageNotContaining("\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tiny=1024", "tiny=2k", "small=128", "small=64", "tiny=512,small=512"})
    void tinyMustBeLessThanSmall(String argument) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse(argument))
                .withMessageMatching("zonal: tiny=\\d+ and small=\\d+: tiny must be less than small, .*");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tinny=64", "large_cache=1m", "Tiny=64", "=64", ",", "tiny=64,", "tiny=64,,small=512"})
    void anUnknownKeyIsToldWithAllKeys(String argument) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse(argument))
                .withMessageStartingWith("zonal: unknown option '")
                .withMessageEndingWith(
                        "the options are tiny, small, large, large-cache, huge-pages, decay, on-error, sample, zero-on-free, dump-on-exit");
    }

    @Test
    void argumentsWinOverProperties() {
        Properties preset = properties("zonal.tiny", "64", "zonal.small", "512");
        Properties properties = new Properties(preset); // as a framework may have put in place of the JVM's
        properties.setProperty("zonal.large", "strict");
        Options options = Options.parse("small=2k,decay=1s", properties);
        assertThat(options.tiny()).isEqualTo(64);
        assertThat(options.small()).isEqualTo(2048);
        assertThat(options.large()).isEqualTo(LargeMode.STRICT);
        assertThat(options.decayNanos()).isEqualTo(1_000_000_000L);
    }

    @Test
    void aWrongPropertyIsToldAsAWrongArgumentIs() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse(null, properties("zonal.large", "big")))
                .withMessage("zonal: option large=big is not valid: large takes packed or strict");
    }

    /** As a wrong {@code -XX} is. Names with another dot, such as those of this project's tests, are somebody else's. */
    @Test
    void anUnknownPropertyIsToldAsAnUnknownArgumentIs() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse(null, properties("zonal.decya", "1s")))
                .withMessageStartingWith("zonal: unknown option 'decya': the options are tiny, small");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse(null, properties("zonal.tiny, small", "5")))
                .withMessageStartingWith("zonal: unknown option 'tiny, small': the options are tiny, small");
        assertThat(Options.parse(null, properties("zonal.test.options", "x", "zonaldecay", "x", "decay", "x")))
                .isEqualTo(parse(""));
    }

    @Test
    void blanksAroundKeysAndValuesDoNotMatter() {
        assertThat(parse(" tiny = 64 , small = 512 ")).isEqualTo(parse("tiny=64,small=512"));
        assertThat(Options.parse("", properties("zonal.large-cache", " 1m "))).isEqualTo(parse("large-cache=1m"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "tiny=2000,small=20000,large=strict",
                "large-cache=0,decay=0s,sample=0",
                "large-cache=1m,decay=1500ms,on-error=abort",
                "decay=never,dump-on-exit=-,on-error=throw",
                "decay=2m,large-cache=3g,sample=1023",
                "huge-pages=advise",
                "zero-on-free=on,sample=0"
            })
    void whatIsPrintedCanBeReadAgain(String argument) {
        Options options = parse(argument);
        String text = options.asMap().entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining(","));
        assertThat(parse(text)).isEqualTo(options);
    }

    @Test
    void onceTheAllocatorIsUsedItsOptionsAreFixed() {
        Allocator.free(Allocator.malloc(1));
        Options before = Options.current();
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> Options.configure(parse("tiny=64")));
        assertThat(Options.current()).isEqualTo(before);
    }

    private static Properties properties(String... namesAndValues) {
        Properties properties = new Properties();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            properties.setProperty(namesAndValues[i], namesAndValues[i + 1]);
        }
        return properties;
    }

    private static Options parse(@Nullable String arguments) {
        return Options.parse(arguments, new Properties());
    }
}
