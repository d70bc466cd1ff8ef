package zonal.agent.apps;

import java.io.IOException;
import java.net.URL;
import java.nio.file.Path;
import java.security.Provider;
import java.security.Security;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * What an application can see of a jar on its class path. The first argument is the jar. Prints first what is the same without any agent;
 * then, behind {@code visible:}, the names of classes and resources of the jar, with and without its inner folders, that a class path finds.
 */
public final class ClassPathView {
    private static final List<String> INNER_FOLDERS = List.of("", "inst/", "boot/");

    private ClassPathView() {}

    public static void main(String[] arguments) throws IOException {
        System.out.println(new TreeSet<>(System.getProperties().stringPropertyNames()));
        System.out.println(System.getProperty("java.class.path"));
        System.out.println(new TreeSet<>(
                ModuleLayer.boot().modules().stream().map(Module::getName).toList()));
        for (Provider provider : Security.getProviders()) {
            System.out.println(provider);
        }
        System.out.println(Thread.currentThread().getContextClassLoader().getClass());
        System.out.println(Thread.getDefaultUncaughtExceptionHandler());
        System.out.println(Thread.activeCount());
        try (JarFile jar = new JarFile(arguments[0])) {
            String location = Path.of(arguments[0]).toUri().toURL().toString();
            for (JarEntry entry : jar.stream().toList()) {
                for (String folder : INNER_FOLDERS) {
                    if (entry.getName().startsWith(folder) && !entry.isDirectory()) {
                        look(location, entry.getName().substring(folder.length()));
                    }
                }
            }
        }
    }

    private static void look(String jar, String name) throws IOException {
        ClassLoader loader = ClassLoader.getSystemClassLoader();
        for (URL found : Collections.list(loader.getResources(name))) {
            if (found.toString().contains(jar)) {
                System.out.println("visible: " + name);
            }
        }
        if (name.endsWith(".class")) {
            String className =
                    name.substring(0, name.length() - ".class".length()).replace('/', '.');
            try {
                Class<?> found = Class.forName(className, false, loader);
                if (found.getClassLoader() == null) {
                    System.out.println("visible: " + className + " to all, as the JDK");
                } else if (found.getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toString()
                        .equals(jar)) {
                    System.out.println("visible: " + className);
                }
            } catch (ClassNotFoundException | LinkageError e) {
                // as it should be
            }
        }
    }
}
