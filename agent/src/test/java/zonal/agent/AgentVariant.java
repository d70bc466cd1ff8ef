package zonal.agent;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeModel;
import java.lang.classfile.MethodTransform;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;

/** The agent's jar with something wrong in it. So nothing has to be built into the agent itself that could make it fail. */
final class AgentVariant {
    static final String INJECTED = "injected";

    private final Map<String, byte[]> entries = new LinkedHashMap<>();

    AgentVariant() throws IOException {
        try (JarFile jar = new JarFile(Jvm.AGENT_JAR.toFile())) {
            for (JarEntry entry : jar.stream().toList()) {
                try (InputStream in = jar.getInputStream(entry)) {
                    entries.put(entry.getName(), in.readAllBytes());
                }
            }
        }
    }

    AgentVariant without(String name) {
        bytes(name);
        entries.remove(name);
        return this;
    }

    /** An entry ends in the middle. */
    AgentVariant truncated(String name) {
        byte[] whole = bytes(name);
        entries.put(name, Arrays.copyOf(whole, whole.length / 2));
        return this;
    }

    /** A text in an entry is another of the same length. */
    AgentVariant with(String name, String text, String otherText) {
        String all = new String(bytes(name), StandardCharsets.ISO_8859_1);
        if (!all.contains(text) || text.length() != otherText.length()) {
            throw new IllegalArgumentException(text + " in " + name);
        }
        entries.put(name, all.replace(text, otherText).getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    /** All methods of a class with this name throw at once. */
    AgentVariant throwing(String name, String method, Class<? extends Throwable> thrown) {
        ClassDesc type = ClassDesc.of(thrown.getName());
        return replacing(
                name,
                method,
                (builder, code) -> builder.withCode(body -> body.new_(type)
                        .dup()
                        .ldc(INJECTED)
                        .invokespecial(
                                type,
                                ConstantDescs.INIT_NAME,
                                MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_String))
                        .athrow()));
    }

    /** All methods of a class with this name answer this number, a long. */
    AgentVariant answering(String name, String method, long answer) {
        return replacing(
                name,
                method,
                (builder, code) ->
                        builder.withCode(body -> body.loadConstant(answer).lreturn()));
    }

    private AgentVariant replacing(String name, String method, MethodTransform replacement) {
        ClassFile format = ClassFile.of();
        ClassModel model = format.parse(bytes(name));
        boolean there = model.methods().stream()
                .anyMatch(candidate -> candidate.methodName().equalsString(method));
        if (!there) {
            throw new IllegalArgumentException(name + " has no " + method);
        }
        entries.put(
                name,
                format.transformClass(
                        model,
                        ClassTransform.transformingMethods(
                                candidate -> candidate.methodName().equalsString(method), (builder, element) -> {
                                    if (element instanceof CodeModel) {
                                        replacement.accept(builder, element);
                                    } else {
                                        builder.with(element);
                                    }
                                })));
        return this;
    }

    private byte[] bytes(String name) {
        byte[] bytes = entries.get(name);
        if (bytes == null) {
            throw new IllegalArgumentException("no " + name + " in the agent's jar");
        }
        return bytes;
    }

    /** Writes the jar. Its entries are stored, as the agent's are. */
    Path jar(Path folder) throws IOException {
        Path file = Files.createTempFile(folder, "agent", ".jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(file))) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                out.putNextEntry(new JarEntry(entry.getKey()));
                out.write(entry.getValue());
            }
        }
        return file;
    }
}
