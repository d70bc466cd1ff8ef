package zonal.agent;

/** An option is wrong. The message is one line that names the key and the values it takes. */
final class WrongOptionException extends Exception {
    private static final long serialVersionUID = 1L;

    WrongOptionException(String message) {
        super(message);
    }
}
