package zonal.agent;

/**
 * Makes {@code ManagementFactory.getPlatformMBeanServer()} ask {@code zonal.agent.hook.PlatformServer} first:
 *
 * <pre>
 *   static synchronized MBeanServer getPlatformMBeanServer() {
 *       Object s = PlatformServer.firstAskedFor();
 *       if (s != null) return (MBeanServer) s;
 *       ...stock body...
 * </pre>
 *
 * <p>The first time, that calls this method again, whose stock body runs then, and adds Zonal's bean to the server before it answers it.
 * So the bean is there from the first moment, and the server is still made by who asks for it first: making it at start costs 140 ms
 * (<i>measured</i>) and breaks applications that set their own.
 *
 * <p>A {@code PlatformMBeanProvider} on the boot path would do the same, but needs a service file there, which classes that
 * are defined directly in the boot loader can't have.
 */
final class PlatformServerWeave {
    static final String TARGET = "java/lang/management/ManagementFactory";

    private static final Question FIRST_ASKED_FOR = new Question(
            "getPlatformMBeanServer",
            "()Ljavax/management/MBeanServer;",
            true,
            "zonal/agent/hook/PlatformServer",
            "firstAskedFor",
            "()Ljava/lang/Object;",
            Question.FinalAnswer.NOT_NULL,
            Question.ALWAYS);

    private PlatformServerWeave() {}

    /**
     * Answers the class with the hook in it.
     *
     * @throws UnexpectedClassException if it has no such method
     */
    static byte[] weave(byte[] classFile) throws UnexpectedClassException {
        return QuestionWeave.weave(classFile, FIRST_ASKED_FOR);
    }
}
