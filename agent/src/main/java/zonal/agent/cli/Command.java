package zonal.agent.cli;

import org.jspecify.annotations.Nullable;

/** What can be asked of a JVM: the words, and what help says of them. */
enum Command {
    ZONES("zones", "[SECONDS [COUNT]]", "the zones, live", """
            On a terminal the picture is renewed every SECONDS (2 unless said), COUNT times or until Ctrl-C. Elsewhere
            it is printed once; with SECONDS, one line is printed each time.

              pages      pages that blocks are split off, and runs above 32 KiB
              live       bytes as the program asked for them
              free       bytes of these pages that hold no live block, and freed runs that are kept
              resident   bytes that the system backs with memory
              cached     free pages and freed runs, no zone's: kept until `decay` is over
              metadata   Zonal's own data

            Live memory that grows and grows is a leak: `sites` tells whose. Resident memory far above live memory is
            memory kept for reuse: `report` shows where the holes are, and the option `decay` says how long it is kept."""),
    SITES("sites", "[COUNT]", "who took what is live, by call site", """
            The COUNT call sites (20 unless said) with the most live off-heap memory, with their stacks. It is an estimate
            from a sample of the allocations (option `sample`): a site with more than a few samples is met well,
            one with a single sample may be off by its whole size. Frames of the JDK above the caller are left out."""),
    LEAKS("leaks", "[SECONDS]", "call sites whose live memory only grows", """
            Compares now with SECONDS ago (300 unless said; at most since the agent came): sites whose live memory has
            grown by more than chance explains, and at no moment between had fallen. What has just been filled, such as a
            cache, grows too: look again later."""),
    DIFF("diff", "SECONDS", "what changes in so many seconds", """
            Reads the zones and the call sites, waits SECONDS, reads them again, and prints the difference: blocks and
            bytes by zone, calls a second, and the call sites whose live memory changed most (estimated, see `sites`)."""),
    SHOW("show", "[FILE]", "every live block with its exact size (show_alloc_mem)", """
            Zone by zone, addresses ascending, sizes as the program asked for them, the total last; to stdout, or to a new
            FILE, which the JVM itself writes. The program is not stopped. What is taken or freed meanwhile may be listed or not."""),
    SHOW_EX("show-ex", "[FILE]", "the same with all that is known of each block", """
            As `show`, and for each block its first bytes and, where it was sampled, age, thread and stack; at the end the
            free space page by page and the waste by size. The file holds the program's data: it is for its owner's eyes."""),
    REPORT("report", "FILE.html", "a report for the browser: zone map, sizes, growth, flame graph", """
            One self-contained HTML file. The JVM itself writes it; it must not exist yet."""),
    PPROF("pprof", "FILE", "the samples as a profile that `go tool pprof` and Pyroscope read", """
            For example: pprof app.pb.gz, then go tool pprof -sample_index=inuse_space app.pb.gz. The JVM itself writes
            the file; it must not exist yet."""),
    COLLAPSED("collapsed", "FILE", "live bytes by stack, as flame graph tools read them", """
            A line for each stack: frames separated by semicolons, then bytes. The JVM itself writes the file; it must
            not exist yet."""),
    ATTACH("attach", "[KEY=VALUE...]", "puts Zonal on a JVM that runs, or back on after `detach`", """
            What the program takes from now on comes from Zonal; what it has is freed by the JVM's own code. The options
            are those of -javaagent: see `help options`. The JVM prints a warning about dynamic loading on its stderr,
            unless it was started with -XX:+EnableDynamicAgentLoading."""),
    DETACH("detach", "", "takes Zonal off: new memory comes from the JVM's own allocator", """
            Blocks that are live stay where they are, and are freed by Zonal.""");

    /** The word. */
    final String word;

    /** What follows it: required words as they are, others in brackets. */
    final String arguments;

    final String summary;
    final String help;

    Command(String word, String arguments, String summary, String help) {
        this.word = word;
        this.arguments = arguments;
        this.summary = summary;
        this.help = help;
    }

    /** The command with this word, or null. */
    static @Nullable Command of(String word) {
        for (Command command : values()) {
            if (command.word.equals(word)) {
                return command;
            }
        }
        return null;
    }

    String synopsis() {
        return arguments.isEmpty() ? word : word + " " + arguments;
    }

    int fewestArguments() {
        return arguments.isEmpty() || arguments.startsWith("[") ? 0 : 1;
    }

    int mostArguments() {
        return this == ATTACH ? Integer.MAX_VALUE : arguments.isEmpty() ? 0 : arguments.split(" ", -1).length;
    }
}
