package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class JsonTest {
    @Test
    void valuesAreSeparatedAndNested() {
        Json json = new Json();
        json.open('{')
                .field("a", 1)
                .field("b", "x")
                .name("c")
                .open('[')
                .value(-2)
                .value("y")
                .open('[')
                .close(']');
        json.close(']')
                .field("d", (String) null)
                .name("e")
                .open('{')
                .close('}')
                .field("f", 0)
                .close('}');
        assertEquals("{\"a\":1,\"b\":\"x\",\"c\":[-2,\"y\",[]],\"d\":null,\"e\":{},\"f\":0}", json.toString());
    }

    @Test
    void whatWouldEndTheTextOrTheScriptIsEscaped() {
        assertEquals(
                "\"\\\"\\\\\\u000a\\u0000\\u003c/script>\\u2028é\"",
                new Json().value("\"\\\n\0</script>\u2028é").toString());
        assertEquals("\"\\ud83d\\ude00\\ud800\"", new Json().value("😀\ud800").toString());
    }
}
