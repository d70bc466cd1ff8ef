package zonal.agent.apps;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.security.ProtectionDomain;
import org.jspecify.annotations.Nullable;

/** Another agent, which retransforms {@code jdk.internal.misc.Unsafe} as well: each request for memory sets a system property first. */
public final class RetransformingAgent implements ClassFileTransformer {
    /** A system property that is set where a request for memory came by. */
    public static final String NOTE = "other.agent";

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
        return format.transformClass(
                format.parse(classFile),
                ClassTransform.transformingMethodBodies(
                        method -> method.methodName().equalsString("allocateMemory"), new NoteFirst()));
    }

    private static final class NoteFirst implements CodeTransform {
        @Override
        public void atStart(CodeBuilder builder) {
            ClassDesc string = ConstantDescs.CD_String;
            builder.ldc(NOTE).ldc("ran");
            builder.invokestatic(
                    ClassDesc.of("java.lang.System"), "setProperty", MethodTypeDesc.of(string, string, string));
            builder.pop();
        }

        @Override
        public void accept(CodeBuilder builder, CodeElement element) {
            builder.with(element);
        }
    }
}
