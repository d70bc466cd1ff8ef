package zonal.allocator;

/** Names that the application gave, to its threads, classes, methods and files, as they may stand in a line of text: they can hold any character. */
public final class PlainText {

    private PlainText() {}

    /** The text with a space for each control character: it ends no line, and commands no terminal. */
    public static String of(String text) {
        char[] plain = null;
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                plain = plain == null ? text.toCharArray() : plain;
                plain[i] = ' ';
            }
        }
        return plain == null ? text : new String(plain);
    }
}
