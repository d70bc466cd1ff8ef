package zonal.agent.cli;

import java.util.List;

/** The JVMs of this user; root's list has those of others, too, and says whose they are. */
final class ListCommand {
    private ListCommand() {}

    static void run(Output out) throws Output.Broken {
        List<JavaProcess> all = JavaProcess.all();
        Table table = new Table("PID", "<JAVA", "<ZONAL", "<MAIN");
        for (JavaProcess process : all) {
            table.row(
                    Long.toString(process.pid()),
                    process.java(),
                    process.detached() ? process.agent() + ", off" : process.agent(),
                    process.isOurs() ? process.main() : process.main() + " (" + process.userName() + "'s)");
        }
        table.print(out);
        out.flush();
        if (all.isEmpty()) {
            System.err.println("zonal: no JVM runs here that this user may look into, but this one");
        }
        if (all.stream().anyMatch(process -> process.agent().equals(JavaProcess.UNKNOWN))) {
            System.err.println(
                    "zonal: ? is a JVM that shares no counters (-XX:-UsePerfData, -XX:+PerfDisableSharedMem); \""
                            + CommandLine.CALL + " PID zones\" tells");
        }
        if (out.isTerminal()) {
            System.err.println("More: " + CommandLine.CALL + " help");
        }
    }
}
