package zonal.agent;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.InvocationTargetException;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * The gate: the one class of Zonal that an application's class path shows.
 *
 * <p>It is compiled for Java 8, so that an old JVM can load it, print one line and go on. It looks whether this JVM and
 * this system can run Zonal, and hands over to {@code zonal.agent.Installation}. That class, and all others of the agent,
 * lie under {@code inst/} in the jar, where no class path finds them. This class is also the loader that does: a second
 * class for it would be a second name on the application's class path.
 *
 * <p>Whatever goes wrong here costs one line on stderr and nothing else: the application runs as if there were no agent.
 */
@SuppressWarnings({"NullAway", "RequireExplicitNullMarking"}) // it is compiled with nothing but the JDK at hand
public final class ZonalAgent extends ClassLoader {
    private static final String INSTALLATION = "zonal.agent.Installation";
    private static final String COMMAND_LINE = "zonal.agent.cli.CommandLine";
    private static final String INSTALLED = "inst/";
    private static final String COMMANDS = INSTALLED + "zonal/agent/cli/";
    private static final String BOOT = "boot/";

    // The packages of what lies under BOOT.
    private static final String ALLOCATOR = "zonal.allocator.";
    private static final String HOOK = "zonal.agent.hook.";

    private static final int OLDEST_JAVA = 25;

    static {
        registerAsParallelCapable();
    }

    private static ZonalAgent loader;

    /**
     * By path, what was in the jar and is not a class yet. It is all read at once: somebody may write another jar over this one, and much is
     * first needed hours later.
     */
    private final ConcurrentMap<String, byte[]> files = new ConcurrentHashMap<>();

    /** Finds what its parent does not find in the first of {@code folders} of the jar that has it. */
    private ZonalAgent(ClassLoader parent, String... folders) throws IOException, URISyntaxException {
        super(parent);
        boolean withCommandLine = Arrays.asList(folders).contains(BOOT);
        try (JarFile jar = jar()) {
            for (String folder : folders) {
                read(jar, folder, withCommandLine);
            }
        }
    }

    private void read(JarFile jar, String folder, boolean withCommandLine) throws IOException {
        for (Enumeration<JarEntry> entries = jar.entries(); entries.hasMoreElements(); ) {
            JarEntry entry = entries.nextElement();
            String name = entry.getName();
            if (name.startsWith(folder) && (withCommandLine || !name.startsWith(COMMANDS))) {
                files.putIfAbsent(name.substring(folder.length()), read(jar, entry));
            }
        }
    }

    private static byte[] read(JarFile jar, JarEntry entry) throws IOException {
        byte[] bytes = new byte[(int) entry.getSize()];
        try (InputStream stream = jar.getInputStream(entry);
                DataInputStream data = new DataInputStream(stream)) {
            data.readFully(bytes);
        }
        return bytes;
    }

    /** Called by the JVM before {@code main}, for {@code -javaagent}. A wrong option ends the JVM here. */
    public static void premain(String options, Instrumentation instrumentation) {
        handOver("premain", options, instrumentation);
    }

    /** Called by the JVM when the jar is loaded into a running JVM, by {@code jcmd} or the attach API. Never throws. */
    public static void agentmain(String options, Instrumentation instrumentation) {
        handOver("agentmain", options, instrumentation);
    }

    /** The command line: {@code java -jar zonal-agent.jar help}. */
    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    private static int run(String[] arguments) {
        String reason = unsupportedHere();
        if (reason != null) {
            System.err.println("zonal: the command line does not run on " + System.getProperty("java.home") + ": "
                    + reason + launcherOf(arguments));
            return 1;
        }
        try {
            // It attaches to JVMs, and what that takes is found by the system loader only.
            return (Integer) new ZonalAgent(ClassLoader.getSystemClassLoader(), INSTALLED, BOOT)
                    .loadClass(COMMAND_LINE)
                    .getMethod("run", String[].class)
                    .invoke(null, (Object) arguments);
        } catch (InvocationTargetException e) {
            System.err.println("zonal: failed: " + e.getCause());
        } catch (Exception e) {
            System.err.println("zonal: failed: " + e);
        }
        return 1;
    }

    /** Of an old JVM that was asked about another: whose launcher would do. */
    private static String launcherOf(String[] arguments) {
        try {
            File launcher = new File("/proc/" + Integer.parseInt(arguments[0]) + "/exe").getCanonicalFile();
            return launcher.getName().equals("java")
                    ? "; process " + arguments[0] + " runs on " + launcher + ", try that one"
                    : "";
        } catch (IOException e) {
            return "";
        } catch (RuntimeException e) { // no number, or no argument at all
            return "";
        }
    }

    private static void handOver(String entry, String options, Instrumentation instrumentation) {
        try {
            String reason = unsupportedHere();
            if (reason != null) {
                refuse(reason);
                return;
            }
            isolatedLoader()
                    .loadClass(INSTALLATION)
                    .getMethod(entry, String.class, Instrumentation.class)
                    .invoke(null, options, instrumentation);
        } catch (InvocationTargetException e) {
            refuse(String.valueOf(e.getCause()));
        } catch (Throwable e) {
            refuse(String.valueOf(e));
        }
    }

    private static String unsupportedHere() {
        if (ZonalAgent.class.getClassLoader() == null) {
            return "its jar is on the boot class path, where it can't be read; -javaagent alone is enough";
        }
        return unsupported(
                System.getProperty("java.vm.name"),
                System.getProperty("java.specification.version"),
                System.getProperty("os.name"),
                System.getProperty("os.arch"));
    }

    /** Answers why Zonal can't run on such a JVM, or null if it can. */
    static String unsupported(String jvm, String javaVersion, String system, String processor) {
        if (javaVersion == null || javaVersion.startsWith("1.") || Integer.parseInt(javaVersion) < OLDEST_JAVA) {
            return "it needs Java " + OLDEST_JAVA + " or later, this is Java " + javaVersion;
        }
        if (jvm == null || !(jvm.contains("HotSpot") || jvm.contains("OpenJDK"))) {
            return "it needs the HotSpot JVM, this is " + jvm;
        }
        if ("Mac OS X".equals(system)) {
            return "macOS is not supported, Zonal was never run on it";
        }
        boolean knownProcessor = "amd64".equals(processor) || "x86_64".equals(processor) || "aarch64".equals(processor);
        if (!"Linux".equals(system) || !knownProcessor) {
            return "it needs Linux on x86-64 or aarch64, this is " + system + " on " + processor;
        }
        return null;
    }

    private static void refuse(String reason) {
        try {
            System.err.println("zonal: not installed, the application runs without it: " + plain(reason));
        } catch (Throwable e) {
            // The stream is the application's own, or null, or there is no room for a line: then it is dropped.
        }
    }

    /** The text in one line, without what a terminal would obey. */
    private static String plain(String text) {
        char[] plain = text.toCharArray();
        for (int i = 0; i < plain.length; i++) {
            if (Character.isISOControl(plain[i])) {
                plain[i] = ' ';
            }
        }
        return new String(plain);
    }

    private static synchronized ZonalAgent isolatedLoader() throws Exception {
        if (loader == null) {
            loader = new ZonalAgent(platformLoader(), INSTALLED);
        }
        return loader;
    }

    private static JarFile jar() throws IOException, URISyntaxException {
        return new JarFile(new File(ZonalAgent.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI()));
    }

    /** All of the JDK and nothing of the application. An application may have put a system loader of its own on top. */
    private static ClassLoader platformLoader() {
        ClassLoader highest = ClassLoader.getSystemClassLoader();
        while (highest.getParent() != null) {
            highest = highest.getParent();
        }
        return highest;
    }

    /**
     * The allocator that serves is the boot loader's, which is asked for it directly: the platform loader would answer that of the application's, where the
     * library is one of its modules. In the command line's own JVM there is none, and it comes out of the jar.
     */
    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (name.startsWith(ALLOCATOR) || name.startsWith(HOOK)) {
            try {
                return Class.forName(name, false, null);
            } catch (ClassNotFoundException e) {
                // it is looked for as all others
            }
        }
        return super.loadClass(name, resolve);
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        String path = name.replace('.', '/') + ".class";
        byte[] bytes = files.get(path);
        if (bytes == null) {
            throw new ClassNotFoundException(name);
        }
        Class<?> defined = defineClass(name, bytes, 0, bytes.length, ZonalAgent.class.getProtectionDomain());
        files.remove(path); // not before: where memory is short it fails, and is tried again
        return defined;
    }

    /** What lies beside the classes; all else comes from the parent. */
    @Override
    public InputStream getResourceAsStream(String name) {
        byte[] bytes = files.get(name);
        return bytes == null ? super.getResourceAsStream(name) : new ByteArrayInputStream(bytes);
    }
}
