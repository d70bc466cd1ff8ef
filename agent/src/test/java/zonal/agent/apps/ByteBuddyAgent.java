package zonal.agent.apps;

import java.lang.instrument.Instrumentation;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.matcher.ElementMatchers;

/**
 * Another agent, as people write them with Byte Buddy: retransforms {@code jdk.internal.misc.Unsafe} with an advice around the methods that Zonal
 * weaves, too.
 */
public final class ByteBuddyAgent {
    private ByteBuddyAgent() {}

    public static void premain(String options, Instrumentation instrumentation) {
        new AgentBuilder.Default()
                .disableClassFormatChanges()
                .with(AgentBuilder.RedefinitionStrategy.RETRANSFORMATION)
                .ignore(ElementMatchers.none())
                .type(ElementMatchers.named("jdk.internal.misc.Unsafe"))
                .transform((builder, type, loader, module, domain) -> {
                    System.out.println("transforms Unsafe, too");
                    return builder.visit(Advice.to(Timing.class)
                            .on(ElementMatchers.namedOneOf("allocateMemory", "reallocateMemory", "freeMemory")));
                })
                .installOn(instrumentation);
    }

    /** Its code is copied into the methods. */
    public static final class Timing {
        private Timing() {}

        @Advice.OnMethodEnter
        public static long enter() {
            System.setProperty(
                    RetransformingAgent.NOTE, "ran"); // a constant: the copy of this code names no class of ours
            return System.nanoTime();
        }

        @Advice.OnMethodExit(onThrowable = Throwable.class)
        public static void exit(@Advice.Enter long start, @Advice.Thrown Throwable thrown) {
            if (thrown == null && System.nanoTime() < start) {
                throw new IllegalStateException("the clock went back");
            }
        }
    }
}
