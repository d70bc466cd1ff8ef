package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import javax.management.RuntimeMBeanException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import zonal.agent.apps.Hello;
import zonal.agent.apps.Holder;
import zonal.agent.apps.PlatformServerUser;
import zonal.agent.apps.Semantics;

/** Whatever goes wrong while the agent installs itself: one line, and the application runs as if there were no agent. */
class FailsOpenIT {
    private static final String NOT_INSTALLED = "zonal: not installed, the application runs without it: ";
    private static final String AGENT = "inst/zonal/agent/";
    private static final String BYTE_BUDDY = AGENT + "shaded/bytebuddy/jar/asm/";
    private static final String ALLOCATOR = "boot/zonal/allocator/";

    private static Jvm.@Nullable Result stock;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                AGENT + "Installation",
                AGENT + "ModuleAccess",
                AGENT + "JdkTransformer",
                AGENT + "QuestionWeave$Prologue",
                BYTE_BUDDY + "MethodWriter",
                AGENT + "Attachment",
                AGENT + "Messages",
                AGENT + "UnexpectedClassException",
                ALLOCATOR + "Options",
                ALLOCATOR + "Warmup",
                ALLOCATOR + "PageHeap",
                "boot/zonal/agent/hook/UnsafeHook"
            })
    void aClassIsMissing(String name) throws Exception {
        assertNotInstalled(new AgentVariant().without(name + ".class"), "");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                AGENT + "Installation",
                AGENT + "UnsafeWeave",
                BYTE_BUDDY + "ClassReader",
                ALLOCATOR + "Range",
                ALLOCATOR + "Magazine"
            })
    void aClassIsDamaged(String name) throws Exception {
        assertNotInstalled(new AgentVariant().truncated(name + ".class"), "");
    }

    /** Each step of the installation in turn, and what the steps rest on. */
    @ParameterizedTest
    @CsvSource({
        AGENT + "ModuleAccess,grantToAgent",
        AGENT + "BootClasses,define",
        AGENT + "ModuleAccess,grantToBootClasses",
        ALLOCATOR + "Options,parse",
        ALLOCATOR + "Warmup,exercise",
        ALLOCATOR + "Housekeeper,start",
        ALLOCATOR + "MemoryLimit,bytes",
        "boot/zonal/agent/hook/UnsafeHook,reallocate",
        AGENT + "QuestionWeave,weave",
        BYTE_BUDDY + "ClassWriter,toByteArray",
    })
    void aStepThrows(String name, String method) throws Exception {
        for (Class<? extends Throwable> thrown :
                List.<Class<? extends Throwable>>of(RuntimeException.class, OutOfMemoryError.class)) {
            assertNotInstalled(new AgentVariant().throwing(name + ".class", method, thrown), AgentVariant.INJECTED);
        }
    }

    @Test
    void aMethodOfUnsafeLooksDifferent() throws Exception {
        assertNotInstalled(
                new AgentVariant().with(AGENT + "UnsafeWeave.class", "reallocateMemory", "reallocateMemorz"),
                "jdk.internal.misc.Unsafe of this JDK is not known: 2 of 3 methods found");
    }

    @Test
    void whatFailedOnceIsNotTriedAgainInTheSameJvm() throws Exception {
        Path jar = new AgentVariant()
                .throwing(ALLOCATOR + "Warmup.class", "exercise", OutOfMemoryError.class)
                .jar(folder);
        try (Jvm.Running running = holder(jar)) {
            for (String argument : List.of("", "attach", "sample=0", "show_alloc_mem", "detach")) {
                running.load(jar, argument);
            }
            running.proceed();
            Jvm.Result result = running.join();
            assertEquals(0, result.exitCode(), result.err());
            List<String> lines =
                    ManagementIT.withoutUnsafeWarning(result.err()).lines().toList();
            assertTrue(lines.getFirst().startsWith(NOT_INSTALLED), result.err());
            assertEquals(
                    Collections.nCopies(
                            5, "zonal: not installed: it failed in this JVM before, and is not tried again"),
                    lines.subList(1, lines.size()));
        }
    }

    @Test
    void itsJarIsOnTheBootClassPath() throws Exception {
        Jvm jvm = new Jvm(folder).option("-Xbootclasspath/a:" + Jvm.AGENT_JAR);
        assertNotInstalled(jvm, new AgentVariant(), "its jar is on the boot class path");
    }

    @Test
    void theSystemGivesNoMapping() throws Exception {
        assertNotInstalled(
                new AgentVariant().answering(ALLOCATOR + "SystemCalls.class", "reserve", -1),
                "the system refuses to reserve");
    }

    @Test
    void theCLibraryLacksAFunction() throws Exception {
        assertNotInstalled(
                new AgentVariant().with(ALLOCATOR + "SystemCalls.class", "mprotect", "mprotecz"),
                "the system's C library has no mprotecz");
    }

    @Test
    void theJvmHasNoForeignFunctions() throws Exception {
        Jvm jvm = new Jvm(folder).option("-Djdk.internal.foreign.CABI=NONE");
        assertNotInstalled(jvm, new AgentVariant().without(ALLOCATOR + "DirectDowncall.class"), "");
    }

    @Test
    void belowItsLinkerTheJdkIsOtherThanKnownAndTheLinkerServes() throws Exception {
        for (String link : new String[] {"-Xint", "--illegal-native-access=deny"}) {
            Path jar = new AgentVariant()
                    .without(ALLOCATOR + "DirectDowncall.class")
                    .jar(folder);
            Path dump = folder.resolve("dump" + link);
            Jvm.Result result = new Jvm(folder)
                    .option(link, "-javaagent:" + jar + "=dump-on-exit=" + dump)
                    .app(Hello.class)
                    .run();
            assertEquals(new Jvm.Result(0, "hello\n", "hello, too\n"), result);
            Listing.parse(Files.readString(dump));
        }
    }

    /** What is only for people to look at may fail when memory is served already: then that part is missing, one line says so. */
    @ParameterizedTest
    @CsvSource({
        AGENT + "DumpOnExit,prepare",
        AGENT + "Management,prepare",
    })
    void whatPeopleLookAtFailsWhenMemoryIsServedAlready(String name, String method) throws Exception {
        Path jar = new AgentVariant()
                .throwing(name + ".class", method, IllegalStateException.class)
                .jar(folder);
        Jvm.Result result =
                new Jvm(folder).option("-javaagent:" + jar).app(Hello.class).run();
        assertEquals(0, result.exitCode());
        assertEquals("hello\n", result.out());
        assertEquals(2, result.err().lines().count(), result.err());
        assertTrue(result.err().startsWith("zonal: installed, but "), result.err());
        assertTrue(result.err().contains(AgentVariant.INJECTED), result.err());
        assertTrue(result.err().endsWith("\nhello, too\n"), result.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Presence", "Installation"})
    void whatComesAfterTheWeaveFailsAndMemoryIsServedAndItCanBeDetached(String name) throws Exception {
        AgentVariant variant = name.equals("Presence")
                ? new AgentVariant().without(AGENT + "Presence.class")
                : new AgentVariant().throwing(AGENT + "Installation.class", "check", OutOfMemoryError.class);
        try (Jvm.Running running = new Jvm(folder)
                .option("-javaagent:" + variant.jar(folder))
                .app(Holder.class)
                .start()) {
            running.awaitLine("ready");
            try (BeanClient bean = new BeanClient(running)) {
                assertTrue(Listing.parse(bean.text("show_alloc_mem")).large().contains((long) Holder.UNSAFE_LARGE));
                bean.text("detach");
                RuntimeMBeanException refusal = assertThrows(RuntimeMBeanException.class, () -> bean.text("detach"));
                assertEquals("detached already", refusal.getTargetException().getMessage());
            }
            running.proceed();
            Jvm.Result result = running.join();
            assertEquals(0, result.exitCode(), result.err());
            String line = ManagementIT.withoutUnsafeWarning(result.err());
            assertEquals(1, line.lines().count(), line);
            assertTrue(line.startsWith("zonal: installed, but not all of it works: "), line);
        }
    }

    /** As where somebody else has the last word on the form of {@code Unsafe}. */
    @Test
    void aJvmThatDoesNotTakeTheHookIsToldAtTheStartAndAtEachAttach() throws Exception {
        Path jar = new AgentVariant()
                .answering("boot/zonal/agent/hook/UnsafeHook.class", "allocate", 0)
                .jar(folder);
        try (Jvm.Running running = holder(jar)) {
            running.load(jar, "detach");
            running.load(jar, "attach");
            running.proceed();
            Jvm.Result result = running.join();
            assertEquals(0, result.exitCode(), result.err());
            assertEquals("""
                    zonal: installed, but not all of it works: the JVM did not take the hook in jdk.internal.misc.Unsafe
                    zonal: the JVM did not take the other form of jdk.internal.misc.Unsafe
                    """, ManagementIT.withoutUnsafeWarning(result.err()));
        }
    }

    @Test
    void aCommandFailsWhenMemoryIsServedAlready() throws Exception {
        Path jar = new AgentVariant()
                .throwing(AGENT + "DumpCommand.class", "parse", OutOfMemoryError.class)
                .jar(folder);
        try (Jvm.Running running = holder(jar)) {
            running.load(jar, "detach");
            assertEquals(
                    "zonal: installed, but the command failed: java.lang.OutOfMemoryError: injected\n",
                    ManagementIT.withoutUnsafeWarning(running.err()));
        }
    }

    @Test
    void theBeanFailsAndTheApplicationHasItsServer() throws Exception {
        assertServerWithout("no MBean, ", new AgentVariant().without(AGENT + "AllocatorBean.class"));
    }

    @Test
    void whatRegistersTheBeansFailsAndTheApplicationHasItsServer() throws Exception {
        assertServerWithout(
                "not all MBeans, ",
                new AgentVariant().throwing(AGENT + "Management.class", "register", OutOfMemoryError.class));
    }

    /** A JVM with this jar for its agent that has started, and may be given it once more. */
    private Jvm.Running holder(Path jar) throws Exception {
        Jvm.Running running = new Jvm(folder)
                .option("-javaagent:" + jar, "-XX:+EnableDynamicAgentLoading")
                .app(Holder.class)
                .start();
        running.awaitLine("ready");
        return running;
    }

    private void assertServerWithout(String line, AgentVariant variant) throws Exception {
        Path jar = variant.jar(folder);
        Jvm.Result stock = new Jvm(folder).app(PlatformServerUser.class).run();
        Jvm.Result zonal = new Jvm(folder)
                .option("-javaagent:" + jar)
                .app(PlatformServerUser.class)
                .run();
        assertEquals(stock.out(), zonal.out());
        assertEquals(0, zonal.exitCode(), zonal.err());
        assertEquals(1, zonal.err().lines().count(), zonal.err());
        assertTrue(zonal.err().startsWith("zonal: " + line), zonal.err());
    }

    /** What the application says without an agent. It uses memory in each way, so that a hook that was left behind would show. */
    private Jvm.Result stock() throws Exception {
        Jvm.Result known = stock;
        if (known == null) {
            known = new Jvm(folder).app(Semantics.class).run();
            stock = known;
        }
        return known;
    }

    private void assertNotInstalled(AgentVariant variant, String reason) throws Exception {
        assertNotInstalled(new Jvm(folder), variant, reason);
    }

    private void assertNotInstalled(Jvm jvm, AgentVariant variant, String reason) throws Exception {
        Path dump = folder.resolve("dump.txt");
        Jvm.Result result = jvm.option("-javaagent:" + variant.jar(folder) + "=dump-on-exit=" + dump)
                .app(Semantics.class)
                .run();
        assertEquals(0, result.exitCode(), result.err());
        assertEquals(stock().out(), result.out());
        String line = result.err().lines().findFirst().orElse("");
        assertTrue(line.startsWith(NOT_INSTALLED), result.err());
        assertTrue(line.contains(reason), result.err());
        assertEquals(line + "\n" + stock().err(), result.err());
        assertFalse(Files.exists(dump), "nothing was installed");
    }
}
