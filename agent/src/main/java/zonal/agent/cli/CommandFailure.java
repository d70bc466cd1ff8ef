package zonal.agent.cli;

/** Ends the command with one line on stderr, and an exit code. */
final class CommandFailure extends Exception {
    /** Done, or the reader of the output went away. */
    static final int DONE = 0;
    /** What was asked for could not be done. */
    static final int FAILED = 1;
    /** Wrong words. */
    static final int USAGE = 2;
    /** There is no such process, or it is no JVM of this user. */
    static final int NO_JVM = 3;
    /** The JVM runs without the agent. */
    static final int NO_AGENT = 4;

    private static final long serialVersionUID = 1;

    private final int exitCode;

    CommandFailure(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    CommandFailure(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    int exitCode() {
        return exitCode;
    }
}
