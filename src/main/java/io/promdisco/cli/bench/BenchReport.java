package io.promdisco.cli.bench;

import io.promdisco.cli.output.StructuredPrinter;
import io.promdisco.util.Nouns;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The result of a benchmark.
 *
 * @param discovered targets before relabelling, of one job
 * @param active targets of all jobs
 * @param cold the median of all cold starts, for each figure separately
 * @param churn null if pods were not replaced
 */
public record BenchReport(
    int pods, int jobs, int discovered, int active, Cold cold, @Nullable Churn churn) {
  private static final double MEGABYTE = 1024 * 1024;

  /**
   * The measurements of a start, until all targets are discovered.
   *
   * @param runs the number of measured runs
   * @param seconds elapsed time
   * @param cpuSeconds CPU time of all its threads
   * @param peakMemory resident bytes; empty if the system does not report them
   */
  public record Cold(int runs, double seconds, double cpuSeconds, OptionalLong peakMemory) {
    /** The median of each column. */
    public static Cold median(List<Cold> runs) {
      OptionalLong memory =
          runs.stream().anyMatch(run -> run.peakMemory().isEmpty())
              ? OptionalLong.empty()
              : OptionalLong.of(
                  (long)
                      quantile(
                          runs.stream().map(run -> (double) run.peakMemory().orElse(0)).toList(),
                          0.5));
      return new Cold(
          runs.size(),
          quantile(runs.stream().map(Cold::seconds).toList(), 0.5),
          quantile(runs.stream().map(Cold::cpuSeconds).toList(), 0.5),
          memory);
    }
  }

  /**
   * How long the targets of new pods took while pods were replaced.
   *
   * @param rate pods replaced per second
   * @param seconds how long
   * @param cores CPU seconds per second
   * @param latencies in seconds, at least one
   */
  public record Churn(int rate, double seconds, double cores, List<Double> latencies) {}

  /** The smallest value that at least {@code share} of {@code values} do not exceed. */
  public static double quantile(List<Double> values, double share) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get(Math.max(0, (int) Math.ceil(share * sorted.size()) - 1));
  }

  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        text(
            "%,d %s, %,d %s discovered by each of %,d %s, %,d active",
            pods,
            Nouns.noun(pods, "pod"),
            discovered,
            Nouns.noun(discovered, "target"),
            jobs,
            Nouns.noun(jobs, "job"),
            active));
    lines.add("");
    lines.add("              TIME       CPU  PEAK MEMORY");
    lines.add(
        text(
            "cold start  %4.2f s  %6.2f s  %11s  median of %d",
            cold.seconds(), cold.cpuSeconds(), memory(), cold.runs()));
    if (churn != null) {
      lines.add("");
      lines.add("                     CPU    MEDIAN      99TH     WORST");
      lines.add(
          text(
              "%4d pods/s  %6.2f cores  %6.0f ms  %6.0f ms  %6.0f ms  of %d new pods in %.0f s",
              churn.rate(),
              churn.cores(),
              1e3 * quantile(churn.latencies(), 0.5),
              1e3 * quantile(churn.latencies(), 0.99),
              1e3 * quantile(churn.latencies(), 1),
              churn.latencies().size(),
              churn.seconds()));
    }
    return lines;
  }

  private String memory() {
    return cold.peakMemory().isEmpty()
        ? "unknown"
        : text("%.0f MB", cold.peakMemory().getAsLong() / MEGABYTE);
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  /** Seconds and bytes. */
  public Map<String, Object> json() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("pods", pods);
    all.put("jobs", jobs);
    all.put("discovered", discovered);
    all.put("active", active);
    Map<String, Object> start =
        StructuredPrinter.map(
            "runs", cold.runs(), "seconds", cold.seconds(), "cpu_seconds", cold.cpuSeconds());
    cold.peakMemory().ifPresent(bytes -> start.put("peak_memory_bytes", bytes));
    all.put("cold", start);
    if (churn != null) {
      Map<String, Object> change = new LinkedHashMap<>();
      change.put("pods_per_second", churn.rate());
      change.put("seconds", churn.seconds());
      change.put("cores", churn.cores());
      change.put("new_pods", churn.latencies().size());
      change.put("median_seconds", quantile(churn.latencies(), 0.5));
      change.put("p99_seconds", quantile(churn.latencies(), 0.99));
      change.put("worst_seconds", quantile(churn.latencies(), 1));
      all.put("churn", change);
    }
    return all;
  }
}
