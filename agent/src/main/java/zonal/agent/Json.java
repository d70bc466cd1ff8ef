package zonal.agent;

import org.jspecify.annotations.Nullable;

/**
 * Writes JSON that may stand inside an HTML {@code <script>} element: a {@code <} in a text is escaped. Names and values follow each
 * other as they are called; who calls sees to it that they nest. Not thread-safe.
 */
final class Json {
    private final StringBuilder text = new StringBuilder();
    private boolean first = true;

    /** Begins an object or an array, as a value. */
    Json open(char bracket) {
        separate();
        text.append(bracket);
        first = true;
        return this;
    }

    /** Ends it. */
    Json close(char bracket) {
        text.append(bracket);
        first = false;
        return this;
    }

    /** A field's name; its value follows. */
    Json name(String name) {
        separate();
        quote(name);
        text.append(':');
        first = true;
        return this;
    }

    Json value(long value) {
        separate();
        text.append(value);
        return this;
    }

    Json value(@Nullable String value) {
        separate();
        if (value == null) {
            text.append("null");
        } else {
            quote(value);
        }
        return this;
    }

    Json field(String name, long value) {
        return name(name).value(value);
    }

    Json field(String name, @Nullable String value) {
        return name(name).value(value);
    }

    private void separate() {
        if (!first) {
            text.append(',');
        }
        first = false;
    }

    private void quote(String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (c < ' ' || c == '<' || c == '\u2028' || c == '\u2029' || Character.isSurrogate(c)) {
                String digits = Integer.toHexString(c);
                text.append("\\u").repeat('0', 4 - digits.length()).append(digits);
            } else {
                text.append(c);
            }
        }
        text.append('"');
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
