package zonal.agent.apps;

import java.nio.ByteBuffer;

/** Memory that crosses JNI both ways: a direct buffer that C writes to, and one that C made with its own {@code malloc}. */
final class NativeMemory {
    private static final int BYTES = 3_000;

    private NativeMemory() {}

    @SuppressWarnings("restricted") // the JVM's warning about it must be there under the agent, too
    static long use() {
        System.load(System.getProperty(Everything.LIBRARY));
        ByteBuffer ours = ByteBuffer.allocateDirect(BYTES);
        fill(ours, BYTES);
        ByteBuffer theirs = make(BYTES);
        theirs.put(ours.duplicate()).flip();
        long sum = 0;
        while (theirs.hasRemaining()) {
            sum += theirs.get();
        }
        release(theirs);
        return sum;
    }

    /** Writes a pattern. */
    private static native void fill(ByteBuffer buffer, int bytes);

    /** Answers a buffer over memory that C took. */
    private static native ByteBuffer make(int bytes);

    private static native void release(ByteBuffer buffer);
}
