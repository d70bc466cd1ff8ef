package zonal.agent;

/** A class of the JDK is not as Zonal knows it, so it is left alone. The message says which and why, in one line. */
final class UnexpectedClassException extends Exception {
    private static final long serialVersionUID = 1L;

    UnexpectedClassException(String message) {
        super(message);
    }
}
