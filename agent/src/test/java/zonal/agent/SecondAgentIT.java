package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.tools.attach.VirtualMachine;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import zonal.agent.apps.Holder;
import zonal.agent.apps.RetransformingAgent;

class SecondAgentIT {
    @TempDir
    Path folder;

    private Path otherAgent = Path.of("");

    @BeforeEach
    void packageTheOtherAgent() throws Exception {
        otherAgent = folder.resolve("other-agent.jar");
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.putValue("Premain-Class", RetransformingAgent.class.getName());
        attributes.putValue("Agent-Class", RetransformingAgent.class.getName());
        attributes.putValue("Can-Retransform-Classes", "true");
        try (OutputStream file = Files.newOutputStream(otherAgent);
                JarOutputStream jar = new JarOutputStream(file, manifest)) {
            for (String name : new String[] {"RetransformingAgent", "RetransformingAgent$NopFirst"}) {
                String entry = "zonal/agent/apps/" + name + ".class";
                jar.putNextEntry(new JarEntry(entry));
                jar.write(Files.readAllBytes(Jvm.TEST_CLASSES.resolve(entry)));
            }
        }
    }

    @Test
    void theHookStaysWhenTheOtherAgentComesSecond() throws Exception {
        assertCaught(new Jvm(folder).agent("dump-on-exit=dump.txt").option("-javaagent:" + otherAgent));
    }

    @Test
    void theHookIsWovenIntoWhatTheOtherAgentMade() throws Exception {
        assertCaught(new Jvm(folder).option("-javaagent:" + otherAgent).agent("dump-on-exit=dump.txt"));
    }

    @Test
    void theHookStaysWhenTheOtherAgentIsLoadedWhileBlocksLive() throws Exception {
        try (Jvm.Running running = new Jvm(folder)
                .option("-XX:+EnableDynamicAgentLoading")
                .agent()
                .app(Holder.class)
                .start()) {
            running.awaitLine("ready");
            VirtualMachine machine = VirtualMachine.attach(Long.toString(running.pid()));
            machine.loadAgent(otherAgent.toString());
            machine.detach();
            running.proceed();
            Jvm.Result result = running.join();
            assertEquals(0, result.exitCode(), result.err());
            assertTrue(result.out().contains("transforms Unsafe, too"));
        }
    }

    private void assertCaught(Jvm jvm) throws Exception {
        try (Jvm.Running running = jvm.app(Holder.class).start()) {
            running.awaitLine("ready");
            running.proceed();
            Jvm.Result result = running.join();
            assertEquals(0, result.exitCode(), result.err());
            assertTrue(result.out().contains("transforms Unsafe, too"));
            assertEquals("", ManagementIT.withoutUnsafeWarning(result.err()));
            Listing listing = Listing.parse(Files.readString(folder.resolve("dump.txt")));
            assertTrue(listing.large().contains((long) Holder.DIRECT_BUFFER), listing.toString());
        }
    }
}
