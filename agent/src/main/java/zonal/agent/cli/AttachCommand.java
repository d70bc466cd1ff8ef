package zonal.agent.cli;

import com.sun.tools.attach.AgentInitializationException;
import com.sun.tools.attach.AgentLoadException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.util.List;
import java.util.Properties;
import zonal.agent.AgentJar;
import zonal.allocator.Options;

/** Puts the agent on a JVM that runs, and takes it off. */
final class AttachCommand {
    private AttachCommand() {}

    static void attach(JavaProcess process, List<String> options, Output out) throws CommandFailure, IOException {
        if (presence(process) == Presence.THERE) {
            attachAgain(process, options, out);
            return;
        }
        if (process.isTooOld()) {
            throw new CommandFailure(
                    CommandFailure.FAILED, process + " is Java " + process.java() + ", Zonal needs 25 or later");
        }
        String jar = AgentJar.file().getPath();
        if (jar.contains("=")) {
            throw new CommandFailure(
                    CommandFailure.FAILED,
                    jar + " can't be loaded: a JVM takes what follows an equals sign for options. Copy the jar to a"
                            + " path without one");
        }
        String joined = String.join(",", options);
        try {
            Options.parse(joined, new Properties()); // a wrong one is told here, not on the stderr of the JVM
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(
                    CommandFailure.USAGE, String.valueOf(e.getMessage()).replaceFirst("^zonal: ", ""), e);
        }
        try (Patience _ = new Patience(process)) {
            load(process, jar, joined);
        }
        switch (presence(JavaProcess.of(process.pid()))) {
            case THERE -> out.line("Zonal " + AgentJar.version() + " is on " + process);
            case MISSING ->
                throw new CommandFailure(
                        CommandFailure.FAILED, process + " did not install Zonal: it says why on its stderr");
            case UNKNOWN ->
                out.line("loaded into " + process + "; \"" + CommandLine.CALL + " " + process.pid()
                        + " zones\" tells whether it is on");
        }
    }

    private static void load(JavaProcess process, String jar, String options) throws CommandFailure, IOException {
        VirtualMachine jvm = Connection.attach(process);
        try {
            jvm.loadAgent(jar, options);
        } catch (AgentLoadException | AgentInitializationException e) {
            throw new CommandFailure(CommandFailure.FAILED, process + " did not load the agent: " + e.getMessage(), e);
        } finally {
            jvm.detach();
        }
    }

    /** Whether a JVM has Zonal, as far as it can be told. */
    private enum Presence {
        THERE,
        MISSING,
        UNKNOWN
    }

    /** What a JVM's counters say, or its bean where it shares none. */
    private static Presence presence(JavaProcess process) {
        if (!process.agent().equals(JavaProcess.UNKNOWN)) {
            return process.hasAgent() ? Presence.THERE : Presence.MISSING;
        }
        try {
            Connection.open(process).close();
            return Presence.THERE;
        } catch (CommandFailure e) {
            return e.exitCode() == CommandFailure.NO_AGENT ? Presence.MISSING : Presence.UNKNOWN;
        }
    }

    private static void attachAgain(JavaProcess process, List<String> options, Output out)
            throws CommandFailure, IOException {
        try (Connection connection = Connection.open(process)) {
            if (connection.bean().isAttached()) {
                throw new CommandFailure(CommandFailure.FAILED, process + " has Zonal already");
            }
            if (!options.isEmpty()) {
                throw new CommandFailure(
                        CommandFailure.USAGE, process + " had Zonal before: its options stay as they are, say none");
            }
            connection.bean().attach();
            out.line("Zonal is on " + process + " again");
        }
    }

    static void detach(JavaProcess process, Output out) throws CommandFailure, IOException {
        try (Connection connection = Connection.open(process)) {
            connection.bean().detach();
            out.line("Zonal is off " + process + "; it frees what is live, "
                    + Amounts.count(connection.bean().getLiveBlocks(), "block") + ", when the time comes");
        }
    }
}
