package zonal.samples.bench;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import zonal.samples.bench.workloads.Workloads;

/**
 * What to run.
 *
 * @param only names of workloads, or what several names begin with; none is all
 * @param allocators names; none is all
 * @param repeats JVMs for each workload and allocator
 * @param scale of the time that is measured and warmed up for; below 1, frag- has fewer blocks, too
 * @param agentJar Zonal's
 * @param folder for what is written
 */
record Settings(List<String> only, List<String> allocators, int repeats, double scale, Path agentJar, Path folder) {
    private static final String DEFAULT_REPEATS = "3";
    private static final String DEFAULT_SCALE = "1";

    /** From {@code bench.*} and {@code zonal.agent.jar}, system properties; an empty one is as if it weren't there. */
    static Settings ofProperties() {
        List<String> only = list("bench.only");
        List<String> allocators = list("bench.allocators");
        double scale = positive("bench.scale", DEFAULT_SCALE);
        // What a whole run has written stays when a part of it is repeated.
        boolean whole = only.isEmpty() && allocators.isEmpty() && scale == 1;
        Path folder = Path.of(property("bench.folder", whole ? "bench" : "bench/part"));
        return new Settings(
                only,
                allocators,
                (int) Math.ceil(positive("bench.repeats", DEFAULT_REPEATS)),
                scale,
                Path.of(property("zonal.agent.jar", "zonal-agent.jar"))
                        .toAbsolutePath()
                        .normalize(),
                folder.toAbsolutePath());
    }

    /** The workloads that were asked for. */
    List<String> workloads() {
        List<String> all = Workloads.names();
        for (String wanted : only) {
            if (all.stream().noneMatch(isMeantBy(wanted))) {
                throw new IllegalArgumentException("bench.only: no workload " + wanted + "; there are " + all);
            }
        }
        return all.stream()
                .filter(name -> only.isEmpty()
                        || only.stream().anyMatch(wanted -> isMeantBy(wanted).test(name)))
                .toList();
    }

    /** The allocators that were asked for. */
    List<Contender> contenders() {
        List<String> names = Contender.ALL.stream().map(Contender::name).toList();
        for (String wanted : allocators) {
            if (!names.contains(wanted)) {
                throw new IllegalArgumentException("bench.allocators: no allocator " + wanted + "; there are " + names);
            }
        }
        return Contender.ALL.stream()
                .filter(each -> allocators.isEmpty() || allocators.contains(each.name()))
                .toList();
    }

    /** What repeats all of this run. */
    String command() {
        return only.isEmpty() ? command("") : commandFor(String.join(",", only));
    }

    /** What repeats one row, as it was measured. */
    String commandFor(String workload) {
        return command(" -Dbench.only=" + workload);
    }

    private String command(String selection) {
        StringBuilder command = new StringBuilder("mvn -q -Pbench package").append(selection);
        if (!allocators.isEmpty()) {
            command.append(" -Dbench.allocators=").append(String.join(",", allocators));
        }
        if (repeats != Integer.parseInt(DEFAULT_REPEATS)) {
            command.append(" -Dbench.repeats=").append(repeats);
        }
        if (scale != Double.parseDouble(DEFAULT_SCALE)) {
            command.append(" -Dbench.scale=").append(scale);
        }
        return command.toString();
    }

    /** A whole name means that workload, although others may begin with it. */
    private static Predicate<String> isMeantBy(String wanted) {
        return Workloads.names().contains(wanted) ? wanted::equals : name -> name.startsWith(wanted + "-");
    }

    private static List<String> list(String key) {
        return Arrays.stream(property(key, "").split(",", -1))
                .map(String::strip)
                .filter(each -> !each.isEmpty())
                .toList();
    }

    private static double positive(String key, String otherwise) {
        String value = property(key, otherwise);
        try {
            double number = Double.parseDouble(value);
            if (number > 0 && number < Integer.MAX_VALUE) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException(key + "=" + value + ": it takes a number above 0");
    }

    private static String property(String key, String otherwise) {
        String value = System.getProperty(key, "");
        return value.isEmpty() ? otherwise : value;
    }
}
