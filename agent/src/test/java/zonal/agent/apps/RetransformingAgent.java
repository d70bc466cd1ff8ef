package zonal.agent.apps;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.security.ProtectionDomain;
import org.jspecify.annotations.Nullable;

/** Another agent, which retransforms {@code jdk.internal.misc.Unsafe} as well: each method begins with a NOP then. */
public final class RetransformingAgent implements ClassFileTransformer {
    private static final String TARGET = "jdk/internal/misc/Unsafe";

    private RetransformingAgent() {}

    public static void premain(String options, Instrumentation instrumentation)
            throws ClassNotFoundException, UnmodifiableClassException {
        instrumentation.addTransformer(new RetransformingAgent(), true);
        instrumentation.retransformClasses(Class.forName("jdk.internal.misc.Unsafe"));
    }

    public static void agentmain(String options, Instrumentation instrumentation)
            throws ClassNotFoundException, UnmodifiableClassException {
        premain(options, instrumentation);
    }

    @Override
    public byte @Nullable [] transform(
            @Nullable ClassLoader loader,
            String className,
            @Nullable Class<?> classBeingRedefined,
            @Nullable ProtectionDomain protectionDomain,
            byte[] classFile) {
        if (!TARGET.equals(className)) {
            return null;
        }
        System.out.println("transforms Unsafe, too");
        ClassFile format = ClassFile.of();
        return format.transformClass(format.parse(classFile), ClassTransform.transformingMethodBodies(new NopFirst()));
    }

    private static final class NopFirst implements CodeTransform {
        @Override
        public void atStart(CodeBuilder builder) {
            builder.nop();
        }

        @Override
        public void accept(CodeBuilder builder, CodeElement element) {
            builder.with(element);
        }
    }
}
