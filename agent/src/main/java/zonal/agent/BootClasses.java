package zonal.agent;

import java.io.IOException;
import java.io.InputStream;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import jdk.internal.misc.Unsafe;
import net.bytebuddy.jar.asm.ClassReader;
import org.jspecify.annotations.Nullable;

/**
 * The classes under {@code boot/} in the jar, defined directly in the boot loader.
 *
 * <p>Not by {@code Instrumentation.appendToBootstrapClassLoaderSearch}: after it the JVM prints a warning on class data
 * sharing and does without it. The boot loader can't find these classes by itself, so each one's supertypes are defined
 * before it; other references are resolved when first used, and all classes are there by then.
 */
final class BootClasses {
    private static final String FOLDER = "boot/";
    private static final String SUFFIX = ".class";

    private final Map<String, byte[]> undefined = new LinkedHashMap<>();
    private @Nullable Class<?> anyDefined;

    private BootClasses(JarFile jar) throws IOException {
        for (Enumeration<JarEntry> entries = jar.entries(); entries.hasMoreElements(); ) {
            JarEntry entry = entries.nextElement();
            String path = entry.getName();
            if (path.startsWith(FOLDER) && path.endsWith(SUFFIX)) {
                String name = path.substring(FOLDER.length(), path.length() - SUFFIX.length());
                try (InputStream stream = jar.getInputStream(entry)) {
                    undefined.put(name, stream.readAllBytes());
                }
            }
        }
    }

    /**
     * Defines all of them, and initialises none.
     *
     * @return the module they are in: the boot loader's unnamed one
     */
    static Module define(JarFile jar) throws IOException {
        BootClasses classes = new BootClasses(jar);
        while (!classes.undefined.isEmpty()) {
            classes.define(classes.undefined.keySet().iterator().next());
        }
        Class<?> any = classes.anyDefined;
        if (any == null) {
            throw new IOException(FOLDER + " in " + jar.getName() + " is empty");
        }
        return any.getModule();
    }

    private void define(@Nullable String name) {
        byte[] bytes = name == null ? null : undefined.remove(name);
        if (bytes == null) {
            return; // of the JDK, or defined already
        }
        ClassReader reader = new ClassReader(bytes);
        define(reader.getSuperName());
        for (String supertype : reader.getInterfaces()) {
            define(supertype);
        }
        anyDefined = Unsafe.getUnsafe().defineClass(name, bytes, 0, bytes.length, null, null);
    }
}
