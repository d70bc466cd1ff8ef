package zonal.samples.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** All turns so far, and what they say of a workload. */
final class Results {
    /** The JVM's own memory, its compilers' above all, goes up and down by a third of this. */
    private static final double LEAST_TELLING_MIB = 24;

    private final List<Trial> trials = new ArrayList<>();

    /** Median, least and most of what some JVMs measured. */
    record Spread(double median, double least, double most) {}

    /**
     * A figure of Zonal's, compared with the peer whose median is the lowest; none of whom has failed.
     *
     * @param best that peer's median
     * @param median the best divided by Zonal's median: above 1 where Zonal's is lower
     * @param least of the ratio, as far as both spread
     * @param most of the ratio
     */
    record Ratio(String bestPeer, double best, double median, double least, double most) {}

    void add(Trial trial) {
        trials.add(trial);
    }

    List<String> workloads() {
        return trials.stream().map(Trial::workload).distinct().toList();
    }

    /** What went wrong, a line each. */
    List<String> failures() {
        return trials.stream()
                .filter(trial -> !trial.failure().isEmpty())
                .map(trial -> trial.workload() + " on " + trial.allocator() + ": " + trial.failure())
                .distinct()
                .toList();
    }

    boolean hasFailed(String workload, String allocator) {
        return of(workload, allocator).stream()
                .anyMatch(trial -> !trial.failure().isEmpty());
    }

    /** One figure of a workload on an allocator, if it was measured. */
    Optional<Spread> spread(String workload, String allocator, ToDoubleFunction<Measurement> figure) {
        double[] sorted = of(workload, allocator).stream()
                .flatMap(trial -> trial.measurement().stream())
                .mapToDouble(figure)
                .sorted()
                .toArray();
        if (sorted.length == 0) {
            return Optional.empty();
        }
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return Optional.of(new Spread(median, sorted[0], sorted[sorted.length - 1]));
    }

    /** Zonal's time against the fastest peer's. */
    Optional<Ratio> timeRatio(String workload) {
        return ratio(workload, Measurement::nanosPerOperation);
    }

    /** Zonal's peak of memory against the most modest peer's, where that is more than the JVM's own ups and downs. */
    Optional<Ratio> peakRatio(String workload) {
        return ratio(workload, Measurement::peakMiB).filter(ratio -> ratio.best() >= LEAST_TELLING_MIB);
    }

    private Optional<Ratio> ratio(String workload, ToDoubleFunction<Measurement> figure) {
        if (hasFailed(workload, Worker.ZONAL)) {
            return Optional.empty();
        }
        Optional<String> bestPeer = Contender.peers().stream()
                .filter(name -> !hasFailed(workload, name))
                .filter(name -> spread(workload, name, figure).isPresent())
                .min(Comparator.comparingDouble(
                        name -> spread(workload, name, figure).orElseThrow().median()));
        Optional<Spread> zonal = spread(workload, Worker.ZONAL, figure);
        if (bestPeer.isEmpty() || zonal.isEmpty()) {
            return Optional.empty();
        }
        Spread own = zonal.get();
        Spread best = spread(workload, bestPeer.get(), figure).orElseThrow();
        return Optional.of(new Ratio(
                bestPeer.get(), best.median, best.median / own.median, best.least / own.most, best.most / own.least));
    }

    private List<Trial> of(String workload, String allocator) {
        return trials.stream()
                .filter(trial ->
                        trial.workload().equals(workload) && trial.allocator().equals(allocator))
                .toList();
    }
}
