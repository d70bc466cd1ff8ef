package zonal.allocator;

/** What happens at a bad free or realloc. */
public enum ErrorMode {
    /** One report on stderr for each call site, with the caller's stack; counted; the call does nothing. */
    REPORT,
    /** An {@link IllegalArgumentException} in the caller; counted. */
    THROW,
    /** A report, then the JVM is stopped at once with exit code 134, as {@code abort} would. */
    ABORT
}
