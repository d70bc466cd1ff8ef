package zonal.agent.cli;

import zonal.agent.AgentJar;

/** What the program says of itself. */
final class Help {
    private static final String OPTIONS = """
            As -javaagent:zonal-agent.jar=key=value,key=value or -Dzonal.key=value (the former wins).

              tiny=128, small=1024   zone thresholds in bytes, multiples of 16, tiny < small <= 32k
              large=packed           packed: kept in pages and runs, and reused; strict: each LARGE block is one mmap
              large-cache=64m        freed LARGE memory kept resident, and more for moments
              huge-pages=off         off, or advise: asks the system for huge pages for runs of 2 MiB and more
              decay=10s              how long free memory is kept before it goes back; 0s is at once, never keeps it
              on-error=report        a bad free or realloc: report (stderr, with the caller's stack), throw, abort
              sample=512k            mean bytes between sampled allocation stacks; 0 is off
              zero-on-free=off       off, or on: memory is zeroed as it is freed, so that no later block shows it
              dump-on-exit=FILE      file for show_alloc_mem when the JVM ends; - is stderr""";

    private Help() {}

    static void print(Output out) throws Output.Broken {
        out.line("Zonal " + AgentJar.version() + ": a zone allocator for the off-heap memory of a JVM, as an agent.");
        out.line("");
        out.line("Put it on an application", " (Java 25 or later, Linux on x86-64 or aarch64):");
        out.line("    java -javaagent:zonal-agent.jar[=key=value,...] -jar app.jar");
        out.line("");
        out.line("Look at JVMs that run:", "");
        out.line(entry("", "lists the JVMs of this user, with and without Zonal"));
        for (Command command : Command.values()) {
            out.line(entry("PID " + command.synopsis(), command.summary));
        }
        out.line(entry("help [COMMAND]", "this text, or more on one command"));
        out.line(entry("help options", "the options, with their defaults"));
        out.line("");
        out.line("A leak, in three commands:", "");
        out.line("    " + CommandLine.CALL + "                        which JVM");
        out.line("    " + CommandLine.CALL + " PID diff 60            what grows, and who takes it");
        out.line("    " + CommandLine.CALL + " PID report leak.html   the whole picture, for the browser");
        out.line("");
        out.line("Exit codes: 0 done, 1 failed, 2 wrong words, 3 no such JVM of this user, 4 a JVM without Zonal.");
        out.line("A reader of the output that goes away early (head, less) is no error. NO_COLOR is respected.");
    }

    private static String entry(String words, String meaning) {
        String call = "    " + (CommandLine.CALL + " " + words).strip();
        return call + " ".repeat(Math.max(2, 62 - call.length())) + meaning;
    }

    static void print(Output out, Command command) throws Output.Broken {
        out.line(CommandLine.CALL + " PID " + command.synopsis(), "");
        out.line("    " + command.summary);
        out.line("");
        for (String line : command.help.split("\n", -1)) {
            out.line(line);
        }
    }

    static void options(Output out) throws Output.Broken {
        for (String line : OPTIONS.split("\n", -1)) {
            out.line(line);
        }
    }
}
