package zonal.agent;

import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import jdk.internal.misc.CDS;
import jdk.internal.misc.Unsafe;
import org.jspecify.annotations.Nullable;
import zonal.agent.hook.UnsafeHook;
import zonal.allocator.Allocator;
import zonal.allocator.Options;

/**
 * Installs Zonal in this JVM, once: the steps in their order, and what happens when one fails.
 *
 * <ol>
 *   <li>Define the allocator and the hook in the boot loader, and give them what they need of {@code java.base}.
 *   <li>Read the options. A wrong one ends here.
 *   <li>Start the allocator, which exercises each of its paths.
 *   <li>Weave {@code Unsafe}. From here on memory comes from Zonal.
 *   <li>Prepare what shows it: the MBean, the events of JFR, the dump on exit. Look whether the JVM took the weave.
 * </ol>
 *
 * <p>Nothing the application could notice happens before the fourth step, and that one is done as a whole or not at all.
 */
public final class Installation {
    /** Enough to be a real block, and a size that is nobody's default. */
    static final long PROBE_BYTES = 24;

    /** The allocator's package. Its classes may not be there yet. */
    private static final String ALLOCATOR = "zonal.allocator.";

    private static final String ATTACH = "attach";
    private static final String DETACH = "detach";
    private static final String COMMANDS = DumpCommand.USAGE + ", " + DETACH + " or " + ATTACH;

    private enum State {
        ABSENT,
        CLASSES_DEFINED,
        INSTALLED,
        FAILED
    }

    private static State state = State.ABSENT;

    private Installation() {}

    /** Called by the gate before {@code main}: a wrong option ends the JVM. */
    public static synchronized void premain(@Nullable String options, Instrumentation instrumentation) {
        // Another agent's premain may take long, and somebody may load the jar meanwhile: with a wrong option nothing
        // came of it.
        if (state == State.INSTALLED || state == State.FAILED) {
            Messages.print("in this JVM already, by another -javaagent or by jcmd: only the first one counts");
            return;
        }
        try {
            install(options, instrumentation);
        } catch (WrongOptionException e) {
            Messages.print("", e);
            System.exit(1);
        } catch (Throwable e) {
            Messages.printNotInstalled(e);
        }
    }

    /** Called by the gate in a running JVM: {@code argument} is a command, or options. */
    public static synchronized void agentmain(@Nullable String argument, Instrumentation instrumentation) {
        try {
            obey(argument, instrumentation);
        } catch (Throwable e) {
            if (state != State.INSTALLED) {
                throw e;
            }
            Messages.print(Messages.COMMAND_FAILED, e);
        }
    }

    private static void obey(@Nullable String argument, Instrumentation instrumentation) {
        String given = argument == null ? "" : argument.strip();
        DumpCommand command = DumpCommand.parse(given);
        boolean attach = given.isEmpty() || given.equals(ATTACH);
        boolean detach = given.equals(DETACH);
        if (command == null && !attach && !detach && !given.contains("=")) {
            Messages.print("unknown command \"" + given + "\", it takes " + COMMANDS
                    + ", or options as key=value (jcmd wants these in double quotes)");
        } else if (state == State.FAILED) {
            Messages.print("not installed: it failed in this JVM before, and is not tried again");
        } else if (state == State.INSTALLED && command != null) {
            command.run();
        } else if (state == State.INSTALLED && detach) {
            change(Attachment::detach);
        } else if (state == State.INSTALLED && attach && !Attachment.isAttached()) {
            change(Attachment::attach);
        } else if (state == State.INSTALLED) {
            Messages.print("installed in this JVM already, its options stay as they are; it takes " + COMMANDS);
        } else if (command != null || detach) {
            Messages.print("not installed in this JVM: load the jar without a command to install it");
        } else {
            try {
                install(attach ? "" : given, instrumentation);
            } catch (WrongOptionException e) {
                Messages.print("not installed: ", e);
            } catch (Throwable e) {
                Messages.printNotInstalled(e);
            }
        }
    }

    private static void change(Runnable act) {
        try {
            act.run();
        } catch (IllegalStateException e) {
            Messages.print(String.valueOf(e.getMessage()));
        } catch (Throwable e) {
            Messages.print("is as it was: ", e); // the Java heap is too full for the words of why
        }
    }

    private static void install(@Nullable String options, Instrumentation instrumentation) throws Exception {
        try {
            if (state == State.ABSENT) {
                defineClasses(instrumentation);
                state = State.CLASSES_DEFINED;
            }
            configure(options);
            Allocator.start();
            weave(instrumentation);
        } catch (WrongOptionException e) {
            throw e;
        } catch (Throwable e) {
            state = State.FAILED;
            throw e;
        }
        // No way back from here: the application may hold blocks of ours already.
        state = State.INSTALLED;
        show(instrumentation);
    }

    /** Memory is served already, so nothing that goes wrong here may pass for a failure of that. */
    private static void show(Instrumentation instrumentation) {
        try {
            Management.prepare(instrumentation);
            Presence.announce(); // once there is what the tools ask: whatever fails behind it, they find this JVM
            FlightRecording.prepare();
            DumpOnExit.prepare();
            check();
        } catch (Throwable e) {
            Messages.print(Messages.NOT_ALL_WORKS, e);
        }
    }

    private static void defineClasses(Instrumentation instrumentation) throws IOException {
        refuseBesideLibrary(instrumentation);
        ModuleAccess.grantToAgent(instrumentation);
        refuseWhileRecording();
        try (JarFile jar = new JarFile(AgentJar.file())) {
            ModuleAccess.grantToBootClasses(instrumentation, BootClasses.define(jar));
        }
    }

    /**
     * An application that uses the allocator as a library has loaded some of its classes, and would find all others in the boot loader once they
     * are there: they don't fit together. (One that is started with the agent finds all of them there.)
     */
    private static void refuseBesideLibrary(Instrumentation instrumentation) {
        for (Class<?> loaded : instrumentation.getAllLoadedClasses()) {
            if (loaded.getName().startsWith(ALLOCATOR)) {
                throw new UnsupportedOperationException("the application uses the allocator as a library already ("
                        + loaded.getName()
                        + " is loaded), and would lose it to the agent's; start it with -javaagent instead");
            }
        }
    }

    /**
     * A JVM that records a cache for ahead-of-time use leaves out what an agent has woven. Without {@code Unsafe} the JVM that is to assemble
     * the cache crashes (<i>seen</i> on JDK 25). A cache that is recorded with Zonal standing aside is good for
     * JVMs with Zonal: they have the same module options.
     */
    private static void refuseWhileRecording() {
        boolean recording;
        try {
            recording = CDS.isDumpingStaticArchive();
        } catch (LinkageError e) {
            return; // a JDK that says so in another way
        }
        if (recording) {
            throw new UnsupportedOperationException(
                    "this JVM records an ahead-of-time cache, which would lack the woven jdk.internal.misc.Unsafe and be of no use;"
                            + " JVMs that use the cache do get Zonal");
        }
    }

    private static void configure(@Nullable String options) throws WrongOptionException {
        try {
            Options.configure(Options.parse(options, System.getProperties()));
        } catch (IllegalArgumentException e) {
            throw new WrongOptionException(Messages.of(e));
        }
    }

    static void weave(Instrumentation instrumentation) throws Exception {
        // Initialise what the woven methods call while nobody calls it yet, and what tells a later failure.
        Messages.prepare();
        UnsafeHook.free(0);
        UnsafeHook.reallocate(0, 0);
        JdkTransformer transformer = new JdkTransformer();
        Attachment.installed(instrumentation, transformer); // while nothing has changed: its class may be missing, too
        instrumentation.addTransformer(transformer, true);
        try {
            // In one go, for each stops the JVM. A class that is not loaded yet is woven when it is.
            instrumentation.retransformClasses(
                    loaded(instrumentation, UnsafeWeave.TARGET, ZeroingWeave.BITS, ZeroingWeave.SEGMENTS));
            transformer.throwFailure();
        } catch (Throwable e) {
            // The classes are as they were: the JVM takes all new forms or none, and where the
            // transformer has none for Unsafe it has none for the others.
            instrumentation.removeTransformer(transformer);
            throw e;
        }
    }

    /** Those of the boot loader's classes that are loaded, in the order of {@code names}: the JVM asks for their new forms in it. */
    static Class<?>[] loaded(Instrumentation instrumentation, String... names) {
        List<Class<?>> found = new ArrayList<>();
        Class<?>[] all = instrumentation.getInitiatedClasses(null);
        for (String name : names) {
            String binaryName = name.replace('/', '.');
            for (Class<?> loaded : all) {
                if (loaded.getName().equals(binaryName)) {
                    found.add(loaded);
                }
            }
        }
        return found.toArray(new Class<?>[0]);
    }

    /** Takes, resizes and gives back a block as the application would, and looks whose it is. */
    private static void check() throws UnexpectedClassException {
        Unsafe unsafe = Unsafe.getUnsafe();
        long taken = unsafe.allocateMemory(PROBE_BYTES);
        boolean ours = Allocator.owns(taken);
        long resized = unsafe.reallocateMemory(taken, 2 * PROBE_BYTES);
        ours &= Allocator.owns(resized);
        unsafe.freeMemory(resized);
        if (!ours) {
            throw new UnexpectedClassException("the JVM did not take the hook in jdk.internal.misc.Unsafe");
        }
    }
}
