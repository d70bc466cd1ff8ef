package zonal.agent;

import java.io.IOException;

/** The lines that Zonal says on stderr: one at a time, each with its name in front. */
public final class Messages {
    private static final String NAME = "zonal: ";

    private Messages() {}

    /**
     * Never throws. Where the Java heap is full there may be no room for a line, and {@code System.err} is the application's: null, or a stream
     * that throws. Then the line is dropped.
     */
    public static void print(String message) {
        try {
            System.err.println(NAME + message.replace('\n', ' ').replace('\r', ' '));
        } catch (Throwable e) {
            // there is nowhere else to tell it
        }
    }

    /** The same, of what a throwable has to say: where the Java heap is full, its words can't be joined before the call. */
    public static void print(String what, Throwable why) {
        try {
            print(what + of(why));
        } catch (Throwable e) {
            // no room for the words
        }
    }

    /** Says that Zonal is not there, why, and that this does no harm. */
    static void printNotInstalled(Throwable reason) {
        print("not installed, the application runs without it: ", reason);
    }

    /** Answers what a throwable has to say, without the name: in words where it has some, else by its class. */
    public static String of(Throwable throwable) {
        if (throwable instanceof ExceptionInInitializerError && throwable.getCause() != null) {
            return of(throwable.getCause());
        }
        String message = throwable.getMessage();
        boolean ownWords = throwable instanceof UnexpectedClassException
                || throwable instanceof WrongOptionException
                || throwable instanceof UnsupportedOperationException
                || throwable instanceof IllegalArgumentException
                || throwable instanceof IOException;
        if (message == null || !ownWords) {
            return throwable.toString();
        }
        return message.startsWith(NAME) ? message.substring(NAME.length()) : message;
    }
}
