package zonal.agent;

/**
 * Spares the JDK zeroing what is zero: the two methods that fill each new direct buffer and each new segment ask first whether the block is
 * fresh from the system.
 *
 * <pre>
 *   java.nio.Bits.setMemory(long address, long count, byte value)
 *       if (value == 0 &amp;&amp; UnsafeHook.isFresh(address)) return;          value is 0 for a new buffer
 *       ...stock body...
 *
 *   jdk.internal.foreign.SegmentFactories.initNativeMemory(long address, long byteSize)
 *       if (UnsafeHook.isFresh(address)) return;
 *       ...stock body...
 * </pre>
 *
 * <p>So {@code allocateDirect(512 MiB)} touches nothing. Where the JDK has no such method, it zeroes as ever.
 */
final class ZeroingWeave {
    static final String BITS = "java/nio/Bits";
    static final String SEGMENTS = "jdk/internal/foreign/SegmentFactories";

    /** Where {@code setMemory} has its value, behind two longs. */
    private static final int VALUE_SLOT = 4;

    private static final Question SET_MEMORY = question("setMemory", "(JJB)V", VALUE_SLOT);
    private static final Question INIT_NATIVE_MEMORY = question("initNativeMemory", "(JJ)V", Question.ALWAYS);

    private ZeroingWeave() {}

    /**
     * Answers the class with the question in it.
     *
     * @param className {@link #BITS} or {@link #SEGMENTS}
     * @throws UnexpectedClassException if it has no such method
     */
    static byte[] weave(String className, byte[] classFile) throws UnexpectedClassException {
        return QuestionWeave.weave(classFile, className.equals(BITS) ? SET_MEMORY : INIT_NATIVE_MEMORY);
    }

    private static Question question(String method, String descriptor, int unlessSlot) {
        return new Question(
                method, descriptor, true, UnsafeWeave.HOOK, "isFresh", "(J)Z", Question.FinalAnswer.TRUE, unlessSlot);
    }
}
