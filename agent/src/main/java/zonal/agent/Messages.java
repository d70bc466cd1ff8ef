package zonal.agent;

import java.io.IOException;

/** The lines that Zonal says on stderr: one at a time, each with its name in front. */
public final class Messages {
    // How lines begin that a throwable ends. They are constants of this class, which is initialised before anything is
    // woven: so their strings are there where the Java heap is full when another class first names them.
    public static final String NO_DUMP = "no dump, ";
    public static final String NO_EVENTS = "no events for JFR, ";
    static final String NO_DUMP_ON_EXIT = "no dump on exit, ";
    static final String NO_BEAN = "no MBean, ";
    static final String NOT_ALL_BEANS = "not all MBeans, ";
    static final String NOT_ALL_WORKS = "installed, but not all of it works: ";
    static final String COMMAND_FAILED = "installed, but the command failed: ";

    private static final String NAME = "zonal: ";

    private Messages() {}

    /**
     * Never throws. Where the Java heap is full there may be no room for a line, and {@code System.err} is the application's: null, or a stream
     * that throws. Then the line is dropped.
     */
    public static void print(String message) {
        try {
            System.err.println(NAME + plain(message));
        } catch (Throwable e) {
            // there is nowhere else to tell it
        }
    }

    /**
     * The same, of what a throwable has to say: where the Java heap is full, its words can't be joined before the call.
     *
     * @param what one of the constants above, where the line may be said once Zonal is installed
     */
    public static void print(String what, Throwable why) {
        try {
            print(what + words(why));
        } catch (Throwable e) {
            // no room for the words
        }
    }

    /** As {@link #of}, or in the throwable's own words where a class that it asks for can't be loaded: the metaspace is full, perhaps. */
    private static String words(Throwable throwable) {
        try {
            return of(throwable);
        } catch (Throwable e) {
            return throwable.toString();
        }
    }

    /** As {@link zonal.allocator.PlainText#of}, which is not there before the allocator is. */
    private static String plain(String text) {
        char[] plain = text.toCharArray();
        for (int i = 0; i < plain.length; i++) {
            if (Character.isISOControl(plain[i])) {
                plain[i] = ' ';
            }
        }
        return new String(plain);
    }

    /** Loads what a line takes. Where there is no room for that, it is found out while nothing has changed yet. */
    static void prepare() {
        of(new Throwable());
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
