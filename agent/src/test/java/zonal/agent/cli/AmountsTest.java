package zonal.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Locale;
import org.junit.jupiter.api.Test;

class AmountsTest {
    private static final long SECOND = 1_000_000_000;

    @Test
    void bytesHaveTheUnitThatMakesThemShort() {
        assertEquals("0 B", Amounts.bytes(0));
        assertEquals("1023 B", Amounts.bytes(1_023));
        assertEquals("1.0 KiB", Amounts.bytes(1_024));
        assertEquals("1.5 KiB", Amounts.bytes(1_536));
        assertEquals("1,023.9 KiB", Amounts.bytes((1 << 20) - 100));
        assertEquals("1.0 MiB", Amounts.bytes((1 << 20) - 1));
        assertEquals("126.6 MiB", Amounts.bytes(132_750_000));
        assertEquals("2.0 GiB", Amounts.bytes(2L << 30));
        assertEquals("3,072.0 TiB", Amounts.bytes(3L << 50));
    }

    @Test
    void aChangeHasItsSign() {
        assertEquals("+1.5 KiB", Amounts.bytesChange(1_536));
        assertEquals("0 B", Amounts.bytesChange(0));
        assertEquals("-1.5 KiB", Amounts.bytesChange(-1_536));
        assertEquals("+27,045", Amounts.countChange(27_045));
        assertEquals("0", Amounts.countChange(0));
        assertEquals("-1,000", Amounts.countChange(-1_000));
    }

    @Test
    void oneIsNoPlural() {
        assertEquals("0 blocks", Amounts.count(0, "block"));
        assertEquals("1 block", Amounts.count(1, "block"));
        assertEquals("27,045 blocks", Amounts.count(27_045, "block"));
        assertEquals("+1 block", Amounts.countChange(1, "block"));
        assertEquals("-1 block", Amounts.countChange(-1, "block"));
        assertEquals("-2 blocks", Amounts.countChange(-2, "block"));
    }

    @Test
    void aRateIsPerSecond() {
        assertEquals("1,500/s", Amounts.rate(3_000, 2 * SECOND));
        assertEquals("3/s", Amounts.rate(5, 2 * SECOND));
        assertEquals("0/s", Amounts.rate(0, 0));
    }

    @Test
    void anAgeHasTheUnitInWhichItIsMoreThanOne() {
        assertEquals("119 s", Amounts.age(119));
        assertEquals("2 min", Amounts.age(120));
        assertEquals("119 min", Amounts.age(7_199));
        assertEquals("2 h", Amounts.age(7_200));
        assertEquals("47 h", Amounts.age(48 * 3_600 - 1));
        assertEquals("2 d", Amounts.age(48 * 3_600));
    }

    /** A script may read them. */
    @Test
    void theyAreTheSameWhateverTheLocale() {
        Locale before = Locale.getDefault();
        try {
            for (String tag : new String[] {"de-DE", "ar-EG-u-nu-arab", "th-TH-u-nu-thai", "tr-TR"}) {
                Locale.setDefault(Locale.forLanguageTag(tag));
                assertEquals("1,234.5 TiB", Amounts.bytes(1_357_348_154_114_048L));
                assertEquals("27,045", Amounts.count(27_045));
            }
        } finally {
            Locale.setDefault(before);
        }
    }
}
