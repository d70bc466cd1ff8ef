package zonal.samples.bench.workloads;

/** A block doesn't hold what was written into it. */
public final class WrongStampException extends RuntimeException {
    private static final long serialVersionUID = 1;

    WrongStampException(long address, long bytes, long stamp) {
        super("wrong stamp: block of %d bytes at 0x%x, stamped %016x".formatted(bytes, address, stamp));
    }
}
