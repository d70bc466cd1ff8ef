package zonal.allocator;

import java.io.OutputStream;
import java.io.PrintStream;

/** Makes bad calls, {@code main()}, in a JVM whose option {@code on-error} decides what comes of them. */
final class OnErrorRun {

    // Arguments: what the application has made of System.err.
    static final String NO_STDERR = "none";
    static final String THROWING_STDERR = "throwing";

    /** Another argument: bad calls of more call sites than are remembered. */
    static final String MANY_SITES = "many-sites";

    private static final int SITES = 4_096;

    private static final class Throwing extends PrintStream {

        Throwing() {
            super(OutputStream.nullOutputStream());
        }

        @Override
        public void println(Object line) {
            throw new IllegalStateException("closed by the application");
        }
    }

    private static long block;

    private OnErrorRun() {}

    public static void main(String[] args) throws InterruptedException {
        ChildJvm.configure();
        if (args.length > 0 && args[0].equals(MANY_SITES)) {
            manySites();
            return;
        }
        if (args.length > 0) {
            System.setErr(args[0].equals(NO_STDERR) ? null : new Throwing());
        }
        Allocator.start();
        block = Allocator.malloc(40);
        Allocator.free(block);
        int thrown = 0;
        for (int i = 0; i < 100; i++) {
            thrown += throwsAt(OnErrorRun::oneSite);
        }
        thrown += throwsAt(OnErrorRun::anotherSite);
        int[] elsewhere = {0};
        Thread thread = new Thread(() -> elsewhere[0] = throwsAt(OnErrorRun::aThirdSite), "the-other\n\033thread");
        thread.start();
        thread.join();
        HeapCheck.quiet();
        System.out.println("thrown=" + (thrown + elsewhere[0]));
        System.out.println("counted=" + Statistics.read().badFreeCount());
    }

    private static void manySites() {
        Allocator.start();
        for (int site = 0; site < SITES; site++) {
            callFrom(site, 6);
        }
        System.out.println("counted=" + Statistics.read().badFreeCount());
    }

    /** The lines of its frames spell the number of the site. */
    private static void callFrom(int site, int digits) {
        if (digits == 0) {
            Allocator.tryFree(Range.END - 4096);
            return;
        }
        switch (site & 3) {
            case 0 -> callFrom(site >>> 2, digits - 1);
            case 1 -> callFrom(site >>> 2, digits - 1);
            case 2 -> callFrom(site >>> 2, digits - 1);
            default -> callFrom(site >>> 2, digits - 1);
        }
    }

    private static void oneSite() {
        Allocator.free(block);
    }

    private static void anotherSite() {
        Allocator.realloc(block + 16, 50);
    }

    private static void aThirdSite() {
        Allocator.tryFree(Range.END - 4096);
    }

    private static int throwsAt(Runnable site) {
        try {
            site.run();
            return 0;
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            if (!message.matches("bad (free|realloc) of 0x[0-9a-f]+: .*")) {
                throw new AssertionError("another exception than expected", e);
            }
            return 1;
        }
    }
}
