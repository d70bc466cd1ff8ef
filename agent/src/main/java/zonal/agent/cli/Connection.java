package zonal.agent.cli;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.AttachOperationFailedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import javax.management.InstanceNotFoundException;
import javax.management.JMX;
import javax.management.MBeanException;
import javax.management.MBeanServerConnection;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import javax.management.ReflectionException;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import zonal.agent.AgentJar;
import zonal.agent.AllocatorMXBean;

/**
 * The allocator's bean in another JVM.
 *
 * <p>It is asked through the JDK's own local management agent, as JConsole does, which is started there if it doesn't run yet. It stays: the JVM
 * then listens on a TCP port that the system chose, and closes each connection that does not come from this machine. No Java agent is loaded
 * for it, so the JVM prints no warning.
 */
final class Connection implements AutoCloseable {
    private static final String CONNECTOR_ADDRESS = "com.sun.management.jmxremote.localConnectorAddress";
    private static final String BEAN = "zonal:type=Allocator";

    private final JavaProcess process;
    private final JMXConnector connector;
    private final MBeanServerConnection server;
    private final ObjectName name;

    private Connection(JavaProcess process, JMXConnector connector, MBeanServerConnection server, ObjectName name) {
        this.process = process;
        this.connector = connector;
        this.server = server;
        this.name = name;
    }

    /** Connects to a JVM under the agent. */
    @SuppressWarnings("BanJNDI") // the address comes from that JVM, and names no directory
    static Connection open(JavaProcess process) throws CommandFailure {
        if (process.agent().equals(JavaProcess.NONE)) {
            throw withoutAgent(process);
        }
        try (Patience _ = new Patience(process)) {
            LoopbackSockets.use();
            JMXConnector connector = JMXConnectorFactory.connect(new JMXServiceURL(address(process)));
            MBeanServerConnection server = connector.getMBeanServerConnection();
            ObjectName name = new ObjectName(BEAN);
            if (!server.isRegistered(name)) {
                connector.close();
                throw withoutBean(process);
            }
            return new Connection(process, connector, server, name);
        } catch (IOException e) {
            throw new CommandFailure(
                    CommandFailure.FAILED,
                    process
                            + (process.hasItsOwn(JavaProcess.NETWORK)
                                    ? " has a network of its own, run the command in it: nsenter -t " + process.pid()
                                            + " -n, or docker exec"
                                    : " can't be reached through its management agent: " + e),
                    e);
        } catch (MalformedObjectNameException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The bean. A call that the JVM doesn't answer any more throws {@link java.lang.reflect.UndeclaredThrowableException}, or IOException where it is declared. */
    AllocatorMXBean bean() {
        return JMX.newMXBeanProxy(server, name, AllocatorMXBean.class);
    }

    /**
     * Has the JVM write a file that is not there yet.
     *
     * @param operation the bean's, which takes the file's name
     * @param file a path of any form; a relative one starts here, not there
     * @return its absolute path, as the JVM knows it
     */
    String write(String operation, String file) throws CommandFailure, IOException {
        try {
            String path = Path.of(file).toAbsolutePath().toString();
            Object written = server.invoke(name, operation, new Object[] {path}, new String[] {String.class.getName()});
            return String.valueOf(written);
        } catch (InvalidPathException e) {
            throw new CommandFailure(CommandFailure.USAGE, "not a file name: " + e.getMessage(), e);
        } catch (MBeanException e) {
            throw new CommandFailure(
                    CommandFailure.FAILED,
                    e.getTargetException().getMessage()
                            + (process.hasItsOwn(JavaProcess.FILES)
                                    ? " (" + process + " sees other files than we do)"
                                    : ""),
                    e);
        } catch (ReflectionException e) {
            throw new CommandFailure(
                    CommandFailure.FAILED,
                    process + " has Zonal " + bean().getVersion() + ", which has no operation \"" + operation
                            + "\"; this is Zonal " + AgentJar.version(),
                    e);
        } catch (InstanceNotFoundException e) {
            throw withoutBean(process);
        }
    }

    /** Attaches to a JVM, with or without the agent. */
    static VirtualMachine attach(JavaProcess process) throws CommandFailure {
        if (process.isStopped()) {
            throw new CommandFailure(
                    CommandFailure.FAILED,
                    process + " is stopped, by a signal or a debugger, and can't answer: kill -CONT " + process.pid()
                            + " has it go on");
        }
        try {
            return VirtualMachine.attach(Long.toString(process.pid()));
        } catch (AttachNotSupportedException | IOException e) {
            throw new CommandFailure(CommandFailure.FAILED, process + " can't be attached to: " + reason(e), e);
        }
    }

    private static String reason(Exception e) {
        String message = String.valueOf(e.getMessage());
        // What the JDK says of -XX:+DisableAttachMechanism names no cause.
        return message.contains("does not support the attach mechanism")
                ? "it was started with -XX:+DisableAttachMechanism"
                : message;
    }

    private static String address(JavaProcess process) throws CommandFailure, IOException {
        VirtualMachine jvm = attach(process);
        try {
            String running = jvm.getAgentProperties().getProperty(CONNECTOR_ADDRESS);
            return running != null ? running : jvm.startLocalManagementAgent();
        } catch (AttachOperationFailedException e) {
            String answer = String.valueOf(e.getMessage());
            if (!answer.contains("jdk.management.agent")) {
                throw new CommandFailure(
                        CommandFailure.FAILED, process + " could not start its management agent: " + answer, e);
            }
            throw new CommandFailure(
                    CommandFailure.FAILED,
                    process + " has no management agent, its Java runtime was made without the module"
                            + " jdk.management.agent. With jcmd a dump can be had: jcmd " + process.pid()
                            + " JVMTI.agent_load " + AgentJar.file() + " show_alloc_mem",
                    e);
        } finally {
            jvm.detach();
        }
    }

    private static CommandFailure withoutBean(JavaProcess process) {
        return process.hasAgent()
                ? new CommandFailure(
                        CommandFailure.FAILED,
                        process + " has Zonal " + process.agent() + ", but its MBean is missing: its stderr says why")
                : withoutAgent(process);
    }

    private static CommandFailure withoutAgent(JavaProcess process) {
        return new CommandFailure(
                CommandFailure.NO_AGENT,
                process + " runs without Zonal"
                        + (process.isTooOld()
                                ? ", and can't have it: it is Java " + process.java() + ", Zonal needs 25 or later"
                                : ". To put it there: " + CommandLine.CALL + " " + process.pid() + " attach"));
    }

    @Override
    public void close() {
        try {
            connector.close();
        } catch (IOException e) {
            // The JVM has gone meanwhile: whoever asked it something has noticed.
        }
    }
}
