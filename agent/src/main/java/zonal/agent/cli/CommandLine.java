package zonal.agent.cli;

import java.io.IOException;
import java.lang.reflect.UndeclaredThrowableException;
import java.rmi.RemoteException;
import java.util.List;
import zonal.agent.AgentJar;
import zonal.allocator.PlainText;

/** The program: reads its words, calls a command, and turns whatever goes wrong into one line and an exit code. */
public final class CommandLine {
    /** How the program is called, for messages. */
    static final String CALL = "java -jar zonal-agent.jar";

    private static final List<String> MODULES = List.of("jdk.attach", "java.management.rmi");

    // Of a module that jdk.attach needs.
    private static final String COUNTERS = "jdk.internal.jvmstat";
    private static final String COUNTERS_PACKAGE = "sun.jvmstat.monitor";

    private CommandLine() {}

    /**
     * Runs one command.
     *
     * @return the exit code: see {@link CommandFailure}
     */
    public static int run(String... words) {
        try (Output out = new Output()) {
            run(List.of(words), out);
            return CommandFailure.DONE;
        } catch (CommandFailure e) {
            return say(e.exitCode(), String.valueOf(e.getMessage()));
        } catch (Output.Broken e) {
            return Output.isPipe()
                    ? CommandFailure.DONE
                    : say(CommandFailure.FAILED, "the output can't be written: " + e.getMessage());
        } catch (IOException | RuntimeException e) {
            return say(CommandFailure.FAILED, reason(e));
        } catch (InterruptedException e) {
            return say(CommandFailure.FAILED, "interrupted");
        }
    }

    /** What went wrong in or on the way to the other JVM. (A catch clause would have this class need {@code java.management}, where help does without.) */
    private static String reason(Throwable e) {
        if (e instanceof UndeclaredThrowableException undeclared) {
            return reason(undeclared.getUndeclaredThrowable());
        }
        if (e instanceof RemoteException) {
            return "the JVM does not answer any more, it may have ended";
        }
        return e instanceof IllegalStateException ? String.valueOf(e.getMessage()) : e.toString();
    }

    private static int say(int exitCode, String message) {
        System.err.println("zonal: " + PlainText.of(message));
        return exitCode;
    }

    private static void run(List<String> words, Output out) throws CommandFailure, IOException, InterruptedException {
        if (words.isEmpty()) {
            requireModules();
            ListCommand.run(out);
            return;
        }
        String first = words.getFirst();
        switch (first) {
            case "help", "--help", "-h", "-help", "-?" -> help(words, out);
            case "version", "--version", "-version" -> out.line("Zonal " + AgentJar.version());
            default -> {
                if (!first.matches("[0-9]+")) {
                    throw wrongFirstWord(first);
                }
                on(words, out);
            }
        }
    }

    private static void help(List<String> words, Output out) throws CommandFailure, IOException {
        if (words.size() == 1) {
            Help.print(out);
        } else if (words.get(1).equals("options")) {
            Help.options(out);
        } else {
            Help.print(out, command(words.get(1)));
        }
    }

    private static void on(List<String> words, Output out) throws CommandFailure, IOException, InterruptedException {
        if (words.size() == 1) {
            throw usage("what about " + words.getFirst() + "? " + CALL + " PID, and then one of: " + commandWords());
        }
        Command command = command(words.get(1));
        List<String> arguments = words.subList(2, words.size());
        if (arguments.size() == 1 && List.of("--help", "-h").contains(arguments.getFirst())) {
            Help.print(out, command);
            return;
        }
        if (arguments.size() < command.fewestArguments() || arguments.size() > command.mostArguments()) {
            throw usage(command.word + " takes " + (command.arguments.isEmpty() ? "nothing more" : command.arguments)
                    + ": " + CALL + " PID " + command.synopsis());
        }
        requireModules();
        JavaProcess process = JavaProcess.of(pid(words.getFirst()));
        switch (command) {
            case ZONES -> ZonesCommand.run(process, arguments, out);
            case SITES, LEAKS -> SitesCommand.run(process, command, arguments, out);
            case DIFF -> DiffCommand.run(process, arguments, out);
            case SHOW, SHOW_EX -> ShowCommand.run(process, command, arguments, out);
            case REPORT, PPROF, COLLAPSED -> FileCommand.run(process, command.word, arguments.getFirst(), out);
            case ATTACH -> AttachCommand.attach(process, arguments, out);
            case DETACH -> AttachCommand.detach(process, out);
        }
    }

    private static long pid(String word) throws CommandFailure {
        try {
            return Integer.parseInt(word);
        } catch (NumberFormatException e) {
            throw new CommandFailure(CommandFailure.NO_JVM, "there is no process " + word, e);
        }
    }

    private static Command command(String word) throws CommandFailure {
        Command command = Command.of(word);
        if (command == null) {
            throw usage("there is no command \"" + word + "\", there are: " + commandWords());
        }
        return command;
    }

    private static CommandFailure wrongFirstWord(String word) {
        Command command = Command.of(word);
        return usage(
                command != null
                        ? word + " needs the number of a JVM before it: " + CALL + " PID " + command.synopsis()
                        : "\"" + word + "\" is neither the number of a JVM nor \"help\"; " + CALL
                                + " alone lists the JVMs");
    }

    private static String commandWords() {
        StringBuilder words = new StringBuilder();
        for (Command command : Command.values()) {
            words.append(words.isEmpty() ? "" : ", ").append(command.word);
        }
        return words.toString();
    }

    /** A number of seconds, times or call sites, 1 or more. */
    static int number(String word, String what) throws CommandFailure {
        try {
            int number = Integer.parseInt(word);
            if (number >= 1) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw usage("\"" + word + "\" is no number of " + what + ", it takes 1 to " + Integer.MAX_VALUE);
    }

    private static CommandFailure usage(String message) {
        return new CommandFailure(CommandFailure.USAGE, message);
    }

    private static void requireModules() throws CommandFailure {
        for (String module : MODULES) {
            if (ModuleLayer.boot().findModule(module).isEmpty()) {
                throw new CommandFailure(
                        CommandFailure.FAILED,
                        "this Java runtime (" + System.getProperty("java.home") + ") has no module " + module
                                + ": run the command with a whole JDK");
            }
        }
        // The jar's manifest has them exported, which counts where the jar itself is started.
        Module counters = ModuleLayer.boot().findModule(COUNTERS).orElseThrow();
        if (!counters.isExported(COUNTERS_PACKAGE, CommandLine.class.getModule())) {
            throw usage("start it as " + CALL + ": started otherwise the JDK does not let it see other JVMs");
        }
    }
}
