package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import zonal.agent.apps.Hello;

class OptionsIT {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tiny=64,small=512",
                "tiny=16",
                "small=32k",
                "large=packed",
                "large=strict",
                "large-cache=0",
                "large-cache=1g",
                "zero-on-free=on",
                "decay=0s",
                "decay=500ms",
                "decay=never",
                "on-error=report",
                "on-error=throw",
                "on-error=abort",
                "sample=0",
                "sample=4k",
            })
    void goodOptionsLetTheApplicationRunAndSayNothing(String options) throws Exception {
        assertEquals(
                new Jvm.Result(0, "hello\n", "hello, too\n"),
                new Jvm(folder).agent(options).app(Hello.class).run());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tiny=17|tiny",
                "tiny=0|tiny",
                "tiny=many|tiny",
                "tiny|tiny",
                "tiny=2048|tiny",
                "small=64k|small",
                "small=-16|small",
                "large=loose|packed",
                "large-cache=lots|large-cache",
                "decay=10|decay",
                "decay=soon|decay",
                "on-error=ignore|abort",
                "sample=often|sample",
                "dump-on-exit=|dump-on-exit",
                "zero-on-free=yes|on or off",
                "colour=red|on-error",
                "colour=red|colour",
            })
    void aWrongOptionStopsTheJvmBeforeMainWithOneLineThatNamesWhatIsRight(String options, String named)
            throws Exception {
        Jvm.Result result = new Jvm(folder).agent(options).app(Hello.class).run();
        assertEquals(1, result.exitCode());
        assertEquals("", result.out());
        assertEquals(1, result.err().lines().count(), result.err());
        assertTrue(result.err().startsWith("zonal: "), result.err());
        assertTrue(result.err().indexOf("zonal: ", 1) < 0, result.err());
        assertTrue(result.err().contains(named), result.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"-Dzonal.large=loose", "-Dzonal.decya=1s"})
    void aWrongPropertyStopsTheJvmToo(String property) throws Exception {
        Jvm.Result result =
                new Jvm(folder).agent().option(property).app(Hello.class).run();
        assertEquals(1, result.exitCode());
        assertEquals("", result.out());
        assertEquals(1, result.err().lines().count(), result.err());
    }

    @Test
    void anOptionOfTheAgentWinsOverTheProperty() throws Exception {
        Jvm.Result result = new Jvm(folder)
                .agent("large=strict")
                .option("-Dzonal.large=loose")
                .app(Hello.class)
                .run();
        assertEquals(new Jvm.Result(0, "hello\n", "hello, too\n"), result);
    }

    @Test
    void namedTwiceTheFirstCountsAndOneLineSaysSo() throws Exception {
        Jvm.Result result =
                new Jvm(folder).agent().agent("tiny=64").app(Hello.class).run();
        assertEquals(0, result.exitCode());
        assertEquals("hello\n", result.out());
        assertEquals(
                "zonal: in this JVM already, by another -javaagent or by jcmd: only the first one counts\nhello, too\n",
                result.err());
    }
}
