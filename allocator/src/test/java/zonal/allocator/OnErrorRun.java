package zonal.allocator;

import java.io.OutputStream;
import java.io.PrintStream;

/** Makes bad calls, {@code main()}, in a JVM whose option {@code on-error} decides what comes of them. */
final class OnErrorRun {

    // Arguments: what the application has made of System.err.
    static final String NO_STDERR = "none";
    static final String THROWING_STDERR = "throwing";

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
