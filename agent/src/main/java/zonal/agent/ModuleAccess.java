package zonal.agent;

import java.lang.instrument.Instrumentation;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What of the JDK's modules Zonal's classes may use, told to the JVM through {@link Instrumentation#redefineModule}. So no
 * user needs a flag, and no warning is printed. The rights go to the agent's own module, and to the boot loader's unnamed one, where the allocator is:
 * it has what is on {@code -Xbootclasspath/a}, too, and what other agents append to it. The application's own modules gain nothing.
 */
final class ModuleAccess {
    private static final Module JAVA_BASE = Object.class.getModule();

    /** What {@code DirectDowncall} uses; where a JDK has not all of them, it is not used. */
    private static final Set<String> BELOW_THE_LINKER =
            Set.of("jdk.internal.foreign.abi", "jdk.internal.foreign.abi.x64", "jdk.internal.loader");

    private static final String COUNTERS = "jdk.internal.perf";

    private ModuleAccess() {}

    /**
     * The agent's own classes define boot classes and check the weave with the internal {@code Unsafe}, and make a performance counter
     * where there are any.
     */
    static void grantToAgent(Instrumentation instrumentation) {
        Set<Module> agent = Set.of(ModuleAccess.class.getModule());
        Map<String, Set<Module>> exports = new HashMap<>();
        exports.put("jdk.internal.misc", agent);
        if (JAVA_BASE.getPackages().contains(COUNTERS)) {
            exports.put(COUNTERS, agent);
        }
        instrumentation.redefineModule(JAVA_BASE, Set.of(), exports, Map.of(), Set.of(), Map.of());
    }

    /**
     * The allocator and the hook take raw memory, ask for the carrier thread and for the stacks of others, are inlined at the JVM's will, and make
     * downcalls in the name of {@code java.base}, for which native access never has to be enabled. {@code java.base} in turn
     * calls the hook.
     */
    static void grantToBootClasses(Instrumentation instrumentation, Module bootModule) {
        Set<Module> boot = Set.of(bootModule);
        Map<String, Set<Module>> exports = new HashMap<>();
        exports.put("jdk.internal.misc", boot);
        exports.put("jdk.internal.access", boot);
        exports.put("jdk.internal.vm.annotation", boot);
        for (String internal : BELOW_THE_LINKER) {
            if (JAVA_BASE.getPackages().contains(internal)) {
                exports.put(internal, boot);
            }
        }
        Map<String, Set<Module>> opens = Map.of("java.lang", boot); // for Thread.getStackTrace as it is
        instrumentation.redefineModule(JAVA_BASE, boot, exports, opens, Set.of(), Map.of());
    }

    /** Lets the agent read the fields of the classes in one package of one module. */
    static void openToAgent(Instrumentation instrumentation, Module module, String packageName) {
        Set<Module> agent = Set.of(ModuleAccess.class.getModule());
        instrumentation.redefineModule(module, Set.of(), Map.of(), Map.of(packageName, agent), Set.of(), Map.of());
    }
}
