package zonal.agent;

/**
 * Puts a question to {@code zonal.agent.hook.UnsafeHook} before the body of three methods of
 * {@code jdk.internal.misc.Unsafe}:
 *
 * <pre>
 *   long allocateMemory(long bytes) {                   long reallocateMemory(long address, long bytes) {
 *       long a = UnsafeHook.allocate(bytes);                long a = UnsafeHook.reallocate(address, bytes);
 *       if (a != 0) return a;                               if (a &gt;= 0) return a;
 *       ...stock body...                                    ...stock body...
 *
 *   void freeMemory(long address) {
 *       if (UnsafeHook.free(address)) return;
 *       ...stock body...
 * </pre>
 *
 * <p>That is the <i>serving</i> form. In the <i>leaving</i> form {@code allocateMemory} is stock's again, {@code freeMemory} asks as
 * before, and {@code reallocateMemory} asks {@code reallocateAway}, which moves a block of Zonal's to stock. So whether requests are served costs
 * nothing: it is not asked, it is woven.
 */
final class UnsafeWeave {
    static final String TARGET = "jdk/internal/misc/Unsafe";

    /** Whom {@link ZeroingWeave} asks, too. */
    static final String HOOK = "zonal/agent/hook/UnsafeHook";

    private static final Question ALLOCATE =
            question("allocateMemory", "(J)J", "allocate", "(J)J", Question.FinalAnswer.NOT_ZERO);
    private static final Question FREE = question("freeMemory", "(J)V", "free", "(J)Z", Question.FinalAnswer.TRUE);
    private static final Question REALLOCATE =
            question("reallocateMemory", "(JJ)J", "reallocate", "(JJ)J", Question.FinalAnswer.NOT_NEGATIVE);
    private static final Question REALLOCATE_AWAY =
            question("reallocateMemory", "(JJ)J", "reallocateAway", "(JJ)J", Question.FinalAnswer.NOT_NEGATIVE);

    private UnsafeWeave() {}

    /**
     * Answers the class with the hook in it.
     *
     * @throws UnexpectedClassException if one of the three methods is not as this JDK is known to have it
     */
    static byte[] weave(byte[] classFile) throws UnexpectedClassException {
        return QuestionWeave.weave(classFile, ALLOCATE, FREE, REALLOCATE);
    }

    /** As {@link #weave}, in the form that takes no new block, and frees and moves away those that live. */
    static byte[] weaveLeaving(byte[] classFile) throws UnexpectedClassException {
        return QuestionWeave.weave(classFile, FREE, REALLOCATE_AWAY);
    }

    private static Question question(
            String method,
            String descriptor,
            String hookMethod,
            String hookDescriptor,
            Question.FinalAnswer finalAnswer) {
        return new Question(method, descriptor, false, HOOK, hookMethod, hookDescriptor, finalAnswer, Question.ALWAYS);
    }
}
